/**
 * Acknowledged means synced: between the write of a commit to the log and its acknowledgement the
 * kernel was asked, and answered, that the log is on the disk. Seen from outside, by strace.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const APPENDS = 200

const PROGRAM = `
import { writeSync } from 'node:fs'
import { openSqliteJournal } from './dist/src/journal/sqlite.js'
import { createTelemetry } from './dist/src/telemetry/telemetry.js'
const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const journal = await openSqliteJournal({ path: process.argv[1], telemetry })
for (let at = 1; at <= ${APPENDS}; at++) {
  await journal.append({ type: 'tick', at })
  writeSync(1, 'acknowledged\\n')
}
process.exit(0)`

it('syncs the log before each acknowledgement', (context) => {
  if (spawnSync('strace', ['-e', 'trace=none', 'true']).status !== 0)
    context.skip('strace is not installed or not permitted')
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-sync-'))
  try {
    const trace = join(dir, 'trace')
    const strace = ['-f', '-y', '-e', 'trace=write,pwrite64,fsync,fdatasync', '-o', trace]
    const node = [process.execPath, '--input-type=module', '-e', PROGRAM, join(dir, 'journal.db')]
    const { status, stderr } = spawnSync('strace', [...strace, ...node], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)

    let state: 'idle' | 'written' | 'synced' = 'idle'
    let acknowledged = 0
    for (const line of readFileSync(trace, 'utf8').split('\n')) {
      if (/pwrite64\(\d+<[^>]*journal\.db-wal>/.test(line)) state = 'written'
      // A sync that another thread interrupts in the trace counts where it returns.
      else if (/f(data)?sync\(\d+<[^>]*journal\.db-wal>\) += 0/.test(line)) state = 'synced'
      else if (/<\.\.\. f(data)?sync resumed>\) += 0/.test(line)) state = 'synced'
      else if (/write\(1<[^>]*>, "acknowledged/.test(line)) {
        acknowledged += 1
        expect(state, `before acknowledgement ${acknowledged}`).toBe('synced')
        state = 'idle'
      }
    }
    expect(acknowledged).toBe(APPENDS)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
