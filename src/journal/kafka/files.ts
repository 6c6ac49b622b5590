/**
 * Files that facts name, in pieces of a compacted topic: whoever puts a grid or rules in force writes
 * the file first, and every role fetches what its own folder lacks. A file's name is the SHA-256 of its
 * content, so its pieces are the same whoever writes them, and what is fetched proves itself.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import { JournalError } from '../port.ts'
import type { FilePlace, InForceKind, InForceTopic } from './in-force.ts'
import { KEPT_IN, type KeptMessage, keep } from './kept.ts'
import { PartitionReader } from './reader.ts'

/** Brokers take messages of a megabyte by default. */
const PIECE_BYTES = 524_288

const pieceKey = (kind: InForceKind, digest: string, index: number) => `${kind}:${digest}:${index}`

export interface SharedFile {
  readonly kind: InForceKind
  /** SHA-256 of the content. */
  readonly digest: string
  /** Of its name, the dot included; empty for rules. */
  readonly ending: string
  readonly content: AsyncIterable<Uint8Array>
}

/** Writes the file where it is not there yet; resolves once all copies have it. @throws JournalError */
export async function shareFile(
  settings: KafkaSettings,
  topic: InForceTopic,
  file: SharedFile,
): Promise<void> {
  const { kind, digest, ending, content } = file
  if (topic.place(kind, digest)) return
  let pieces = 0
  const messages = (async function* (): AsyncGenerator<KeptMessage> {
    for await (const value of inPieces(content))
      yield { key: pieceKey(kind, digest, pieces++), value }
  })()
  const from = await keep(settings, topicsOf(settings).files, messages)
  await topic.addPlace(kind, digest, { ending, pieces, from })
}

/**
 * Fetches the file to `path`; answers false where not all of it is there (yet). `path` is whole and on
 * disk where the answer is true. @throws JournalError where it is not what its name says
 */
export async function fetchFile(
  settings: KafkaSettings,
  { kind, digest, place }: { kind: InForceKind; digest: string; place: FilePlace },
  path: string,
): Promise<boolean> {
  const reader = await PartitionReader.open(settings, topicsOf(settings).files)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'w+')
    try {
      const missing = new Map(
        Array.from({ length: place.pieces }, (_, i) => [pieceKey(kind, digest, i), i]),
      )
      reader.from([{ partition: KEPT_IN, offset: place.from }])
      while (missing.size > 0 && !reader.hasEnded(KEPT_IN))
        for (const { key, value } of await reader.next()) {
          const index = missing.get(String(key))
          if (index === undefined || !value) continue
          await file.write(value, 0, value.length, index * PIECE_BYTES)
          missing.delete(String(key))
        }
      if (missing.size > 0) return false
      await file.sync()
      const found = await digestOf(file)
      if (found !== digest)
        throw new JournalError('journal.corrupt', `the shared ${kind} ${digest} is ${found}`)
      return true
    } finally {
      await file.close()
    }
  } finally {
    await reader.close()
  }
}

/** The same bytes in pieces of one size but for the last. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const some of content)
    for (let at = 0; at < some.length; ) {
      const part = some.subarray(at, at + PIECE_BYTES - bytes)
      waiting.push(part)
      bytes += part.length
      at += part.length
      if (bytes < PIECE_BYTES) continue
      yield Buffer.concat(waiting)
      waiting = []
      bytes = 0
    }
  if (bytes > 0) yield Buffer.concat(waiting)
}

async function digestOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  for await (const some of file.createReadStream({ start: 0, autoClose: false }))
    hash.update(some as Buffer)
  return hash.digest('hex')
}
