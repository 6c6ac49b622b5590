/** `lastgasp backup` and `lastgasp restore`: a copy of the data folder, and its way back. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { BackupError, type BackupReport, backUp, bringBack } from '../app/backup.ts'
import { UsageError } from '../config/errors.ts'
import { addSettingFlags, settingsOf } from './settings.ts'

/** What the caller can mend is said as a wrong use. */
function asUsage(work: () => BackupReport): BackupReport {
  try {
    return work()
  } catch (error) {
    if (error instanceof BackupError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

const said = ({ files, bytes, position }: BackupReport) =>
  `${files} files, ${Math.ceil(bytes / 1_048_576)} MB, up to fact ${position}`

export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .description('copy the data folder to a new folder; works beside a running server')
    .requiredOption('--out <dir>', 'folder to make')
  addSettingFlags(backup, ['data']).action((options: { out: string }) => {
    const { dir } = settingsOf(options).settings.data
    const report = asUsage(() => backUp(resolve(dir), resolve(options.out)))
    console.log(`${options.out}: ${said(report)}`)
  })
  const restore = program
    .command('restore')
    .description('make a data folder of a backup; never overwrites one')
    .requiredOption('--from <dir>', 'folder that backup made')
  addSettingFlags(restore, ['data']).action((options: { from: string }) => {
    const { dir } = settingsOf(options).settings.data
    const report = asUsage(() => bringBack(resolve(options.from), resolve(dir)))
    console.log(`${dir}: ${said(report)}`)
  })
}
