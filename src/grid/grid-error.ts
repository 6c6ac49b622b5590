/** What stops a grid file from being compiled, with the object it is about. */
export class GridError extends Error {
  /** Stable: `grid.duplicateId`, `grid.unknownReference`, `grid.badPhases`, `grid.version`. */
  readonly code: string
  /** Kind and id of the object: `device D17`. */
  readonly place: string
  constructor(code: string, place: string, message: string) {
    super(`${place}: ${message}`)
    this.name = 'GridError'
    this.code = code
    this.place = place
  }
}

/** Throws `GridError`. */
export function fail(code: string, place: string, message: string): never {
  throw new GridError(code, place, message)
}

/** The index of `id`, which `field` of the object at `place` names. @throws GridError */
export function reference(
  ids: { indexOf(id: string): number },
  id: string,
  place: string,
  field: string,
  kind: string,
): number {
  const index = ids.indexOf(id)
  if (index < 0) fail('grid.unknownReference', place, `${field}: unknown ${kind} "${id}"`)
  return index
}
