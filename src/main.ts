/** Entry of the program: the command line in, the exit code out. */
import { runProgram } from './cli/program.ts'

const exitCode = await runProgram(process.argv.slice(2))
// A verb that did its work and found something wrong has set its own code.
if (exitCode !== 0) process.exitCode = exitCode
