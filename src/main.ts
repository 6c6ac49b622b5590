/** Entry of the program: the command line in, the exit code out. */
import { runProgram } from './cli/program.ts'

// Who reads what we print may have read enough (`| head`), or have died: no reason to fail, or to stop serving.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const exitCode = await runProgram(process.argv.slice(2))
// A verb that did its work and found something wrong has set its own code.
if (exitCode !== 0) process.exitCode = exitCode
