/**
 * Backup of a data folder beside a running program, and its way back. What is copied later must hold
 * whatever was copied before it points to: snapshots of the engine, acts that wait for the audit chain and the file that names its last
 * entry first, then the records, then the journal, and the grids and rules that the journal names by digest after it. A folder that is there
 * whole or not at all, with a digest of every file.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { copyDatabase, openForReading } from '../config/sqlite.ts'
import { anchorOf } from '../records/audit.ts'
import { installedVersion } from './installed.ts'

export type BackupErrorCode = 'backup.nothing' | 'backup.exists' | 'backup.damaged'

/** A backup cannot be made or brought back. */
export class BackupError extends Error {
  readonly code: BackupErrorCode
  constructor(code: BackupErrorCode, message: string) {
    super(message)
    this.name = 'BackupError'
    this.code = code
  }
}

export interface BackupReport {
  readonly files: number
  readonly bytes: number
  /** The last fact that is in it. */
  readonly position: number
}

const MANIFEST = 'backup.json'
const FORMAT = 1

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.string(),
  madeAt: z.string(),
  position: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
})

/** Before everything else, in this order; see above. */
const FIRST = ['snapshots', 'identity.db', anchorOf('records.db'), 'records.db', 'journal.db']
/** Of the running process, or of SQLite's, whose copies hold the same; or not whole yet, and gone in a moment. */
const LEFT_OUT = /^lock\.|-(wal|shm|journal)$|\.partial$/
/** Only the owner reads it: it holds customers, accounts and keys. */
const FOLDER_MODE = 0o700

/** Copies the data folder `dir` to the new folder `out`. @throws BackupError */
export function backUp(dir: string, out: string): BackupReport {
  if (!existsSync(join(dir, 'journal.db')))
    throw new BackupError('backup.nothing', `${dir}: no journal.db there`)
  if (existsSync(out)) throw new BackupError('backup.exists', `${out} is there already`)
  const partial = `${out}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true, mode: FOLDER_MODE })
  const names = readdirSync(dir).filter((name) => !LEFT_OUT.test(name))
  const order = [...FIRST, ...names.filter((name) => !FIRST.includes(name)).sort()]
  for (const name of order)
    if (existsSync(join(dir, name))) copy(join(dir, name), join(partial, name))
  const files = Object.fromEntries(filesIn(partial).map((path) => [path, digestOf(partial, path)]))
  const position = lastPosition(join(partial, 'journal.db'))
  const manifest: z.infer<typeof manifestSchema> = {
    ...{ format: FORMAT, version: installedVersion(), madeAt: new Date().toISOString() },
    ...{ position, files },
  }
  writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`)
  finish(partial, out)
  return reportOf(manifest)
}

/** Brings the backup `from` back as the new data folder `dir`. @throws BackupError */
export function bringBack(from: string, dir: string): BackupReport {
  const manifest = readManifest(from)
  if (existsSync(dir) && readdirSync(dir).length > 0)
    throw new BackupError('backup.exists', `${dir} is not empty: nothing is overwritten`)
  const partial = `${dir}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true, mode: FOLDER_MODE })
  for (const [path, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const source = join(from, path)
    if (!existsSync(source)) throw new BackupError('backup.damaged', `${source} is missing`)
    mkdirSync(dirname(join(partial, path)), { recursive: true })
    cpSync(source, join(partial, path), { preserveTimestamps: true })
    // The copy is what will be used, so the copy is looked at.
    const copied = digestOf(partial, path)
    if (copied.sha256 !== sha256 || copied.bytes !== bytes)
      throw new BackupError('backup.damaged', `${source} is not what was backed up`)
  }
  if (existsSync(dir)) rmSync(dir, { recursive: true })
  finish(partial, dir)
  return reportOf(manifest)
}

function readManifest(from: string): z.infer<typeof manifestSchema> {
  const path = join(from, MANIFEST)
  if (!existsSync(path)) throw new BackupError('backup.nothing', `${from}: no ${MANIFEST} there`)
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new BackupError('backup.damaged', `${path} cannot be read: ${(error as Error).message}`)
  }
}

const reportOf = ({ files, position }: z.infer<typeof manifestSchema>): BackupReport => ({
  files: Object.keys(files).length,
  bytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0),
  position,
})

/** A database as of one moment, whoever writes to it; anything else as it lies. */
function copy(from: string, to: string): void {
  if (!from.endsWith('.db')) {
    const filter = (path: string) => !LEFT_OUT.test(basename(path))
    cpSync(from, to, { recursive: true, preserveTimestamps: true, filter })
    return
  }
  copyDatabase(from, to)
  chmodSync(to, statSync(from).mode)
}

function lastPosition(journal: string): number {
  const db = openForReading(journal)
  try {
    const [last] = db.prepare('SELECT max(first + count - 1) FROM commits').raw().get([]) as [
      number | null,
    ]
    return last ?? 0
  } finally {
    db.close()
  }
}

/** Paths of all files below `folder`, relative to it. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()

/** In pieces: a ledger of nine million customers is larger than memory should be. */
const PIECE_BYTES = 1 << 20

function digestOf(folder: string, path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256')
  const file = openSync(join(folder, path), 'r')
  let bytes = 0
  try {
    const piece = Buffer.alloc(PIECE_BYTES)
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read))
      bytes += read
    }
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Gives the finished folder its name, on disk too. */
function finish(partial: string, name: string): void {
  renameSync(partial, name)
  const parent = openSync(dirname(name), 'r')
  fsyncSync(parent)
  closeSync(parent)
}
