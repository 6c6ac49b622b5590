/** A broken invariant of the engine: the process stops rather than go on with wrong state. */
export class InvariantError extends Error {
  readonly code = 'engine.invariant'
  constructor(message: string) {
    super(message)
    this.name = 'InvariantError'
  }
}

/** Throws `InvariantError` where `condition` does not hold. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(invariant)
}
