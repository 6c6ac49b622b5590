/** Names of a source → ids of a grid file (CONTRACT §3): one kind of thing, one set of ids. */

const LONGEST = 64
const HASH_PRIME = 0x01000193
const HASH_START = 0x811c9dc5

/** Gives out ids of one kind. The same names in the same order give the same ids. */
export class Ids {
  readonly #taken = new Set<string>()
  /** How many names had to be changed to become ids. */
  changed = 0

  /** `wanted` as an id: foreign characters become `_`, a long one is cut, a taken one numbered. */
  claim(wanted: string): string {
    let id = wanted.replace(/[^A-Za-z0-9._-]/g, '_')
    if (id.length > LONGEST) id = `${id.slice(0, LONGEST - 9)}-${hash(wanted)}`
    if (id === '') id = '_'
    const free = this.#free(id)
    if (free !== wanted) this.changed++
    this.#taken.add(free)
    return free
  }

  #free(id: string): string {
    if (!this.#taken.has(id)) return id
    for (let number = 2; ; number++) {
      const numbered = `${id.slice(0, LONGEST - 1 - String(number).length)}-${number}`
      if (!this.#taken.has(numbered)) return numbered
    }
  }
}

/** FNV-1a, eight hexadecimal digits: keeps long names apart after cutting. */
function hash(text: string): string {
  let value = HASH_START
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), HASH_PRIME)
  }
  return (value >>> 0).toString(16).padStart(8, '0')
}
