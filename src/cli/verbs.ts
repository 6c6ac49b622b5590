/** All verbs, in the order in which help lists them. */
import type { Command } from 'commander'
import { registerAudit } from './audit.ts'
import { registerBackup } from './backup.ts'
import { registerBench } from './bench.ts'
import { registerConfig } from './config.ts'
import { registerCustomers } from './customers.ts'
import { registerDoctor } from './doctor.ts'
import { registerGrid } from './grid.ts'
import { registerReceiver } from './receiver.ts'
import { registerReplay } from './replay.ts'
import { registerRules } from './rules.ts'
import { registerScore } from './score.ts'
import { registerServe } from './serve.ts'
import { registerSimulate } from './simulate.ts'
import { registerTexts } from './texts.ts'
import { registerToken } from './token.ts'
import { registerUser } from './user.ts'

export const VERBS: readonly ((program: Command) => void)[] = [
  registerServe,
  registerGrid,
  registerSimulate,
  registerScore,
  registerReplay,
  registerRules,
  registerTexts,
  registerReceiver,
  registerCustomers,
  registerBackup,
  registerAudit,
  registerUser,
  registerToken,
  registerConfig,
  registerDoctor,
  registerBench,
]
