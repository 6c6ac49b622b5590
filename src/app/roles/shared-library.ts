/**
 * The grids and rules of a role's own folder, and behind it those of all roles: what a fact names and
 * the folder lacks is fetched through Kafka. What is nowhere is waited for, and said in `/readyz`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaSettings } from '../../config/kafka.ts'
import { fetchFile, shareFile } from '../../journal/kafka/files.ts'
import type { InForceKind, InForceTopic } from '../../journal/kafka/in-force.ts'
import { JournalError } from '../../journal/port.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { prepareGrid } from '../grid-preparing.ts'
import type { Shelf } from '../judge.ts'
import type { Library } from '../library.ts'

/** Between two looks for a file that is nowhere. */
const LOOK_EVERY_MS = 500

export interface SharedLibraryParts {
  readonly settings: KafkaSettings
  readonly library: Library
  readonly topic: InForceTopic
  readonly telemetry: Telemetry
  readonly dataDir: string
}

export class SharedLibrary implements Shelf {
  readonly #parts: SharedLibraryParts
  readonly #fetched: string
  readonly #closing = new AbortController()
  /** What is being fetched, by kind and digest: several partitions may name the same. */
  readonly #fetching = new Map<string, Promise<void>>()
  readonly #waitingFor = new Set<string>()

  constructor(parts: SharedLibraryParts) {
    this.#parts = parts
    this.#fetched = join(parts.dataDir, 'fetched')
    // What a stop cut short is fetched anew.
    rmSync(this.#fetched, { recursive: true, force: true })
  }

  /** For `/readyz`: what is missing to go on, and fetched, or waited for because no role has given it yet. */
  get waitingFor(): readonly string[] {
    return [...this.#waitingFor]
  }

  /** Resolves once the engine can meet the fact that names it. @throws JournalError, GridError, RulesError */
  async load(what: InForceKind, digest: string): Promise<void> {
    const missing = `${what} ${digest}`
    this.#waitingFor.add(missing)
    try {
      await this.prepare(what, digest)
    } finally {
      this.#waitingFor.delete(missing)
    }
  }

  /** The same for one who goes on without it meanwhile. @throws as `load` */
  async prepare(what: InForceKind, digest: string): Promise<void> {
    const { library } = this.#parts
    // A grid that was fetched and is being compiled is in the folder already.
    const fetching = this.#fetching.get(`${what} ${digest}`)
    if (fetching || !library.has(what, digest)) await (fetching ?? this.#once(what, digest))
    await library.load(what, digest)
  }

  /** Gives what the folder has to all roles; a compiled image stays here. @throws JournalError */
  async share(kind: InForceKind, digest: string): Promise<void> {
    const { settings, library, topic } = this.#parts
    const content = library.content(kind, digest)
    if (!content) return
    const { ending, bytes } = content
    await shareFile(settings, topic, { kind, digest, ending, content: bytes })
  }

  grid(digest: string) {
    return this.#parts.library.grid(digest)
  }

  rules(digest: string) {
    return this.#parts.library.rules(digest)
  }

  /** Nothing is waited for any more: who waits gets `journal.closed`. */
  close(): void {
    this.#closing.abort()
  }

  #once(what: InForceKind, digest: string): Promise<void> {
    const key = `${what} ${digest}`
    this.#parts.telemetry.emit('library.awaited', { what, digest })
    const fetching = this.#fetch(what, digest).finally(() => this.#fetching.delete(key))
    this.#fetching.set(key, fetching)
    return fetching
  }

  async #fetch(kind: InForceKind, digest: string): Promise<void> {
    const { library, topic, dataDir } = this.#parts
    const path = join(this.#fetched, digest)
    for (;;) {
      if (this.#closing.signal.aborted)
        throw new JournalError('journal.closed', `stopped while ${kind} ${digest} was awaited`)
      const place = topic.place(kind, digest)
      if (place && (await this.#taken(kind, digest, path))) {
        library.adopt(kind, digest, place.ending, path)
        rmSync(path, { force: true })
        // Its image takes minutes of nine million customers: not in the thread that judges.
        if (kind === 'grid') await prepareGrid({ dataDir, path: library.gridPath(digest) })
        return
      }
      await sleep(LOOK_EVERY_MS)
    }
  }

  /** False where not all of it is there, or the brokers are away. */
  async #taken(kind: InForceKind, digest: string, path: string): Promise<boolean> {
    const { settings, topic } = this.#parts
    try {
      return await fetchFile(settings, { kind, digest, place: topic.place(kind, digest)! }, path)
    } catch (error) {
      if ((error as JournalError).code !== 'journal.unreachable') throw error
      return false
    }
  }
}
