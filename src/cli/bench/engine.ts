export async function benchEngine(_o: object): Promise<object> { return {} }
