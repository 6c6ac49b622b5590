/** A typed array that grows by doubling, for columns whose length is known only at the end. */
type Numbers = Int32Array | Uint8Array | Float64Array | Float32Array | Uint32Array

export class Column<T extends Numbers> {
  #values: T
  readonly #make: (length: number) => T
  length = 0

  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(256)
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = this.#make(this.length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }

  set(index: number, value: number): void {
    this.#values[index] = value
  }

  /** The values so far, without spare room. */
  done(): T {
    return this.#values.slice(0, this.length) as T
  }

  /** The values in another order: `order[i]` is the old index of the new `i`. */
  permuted(order: Int32Array): T {
    const result = this.#make(order.length)
    for (let i = 0; i < order.length; i++) result[i] = this.#values[order[i]!]!
    return result
  }
}

export const int32 = () => new Column((length) => new Int32Array(length))
export const uint8 = () => new Column((length) => new Uint8Array(length))
export const float64 = () => new Column((length) => new Float64Array(length))
export const float32 = () => new Column((length) => new Float32Array(length))
