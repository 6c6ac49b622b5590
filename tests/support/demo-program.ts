/** The built program with its demonstration, as a newcomer starts it: `serve --demo` on free ports. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatherBehind } from './personal-data.ts'
import { freePort } from './server-process.ts'

export interface DemoProgram {
  /** Address of the console, as printed. */
  readonly url: string
  /** Password of each account, as printed. */
  readonly passwords: ReadonlyMap<string, string>
  /** What it has printed so far. */
  output(): string
  stop(): Promise<void>
}

/** A loaded machine generates and compiles the county in some twenty seconds. */
const START_WITHIN_MS = 240_000

export async function startDemoProgram(): Promise<DemoProgram> {
  const data = mkdtempSync(join(tmpdir(), 'lastgasp-demo-'))
  const ports = ['--port', String(await freePort()), '--mqtt-port', String(await freePort())]
  const child = spawn(process.execPath, [
    'dist/main.js',
    'serve',
    '--demo',
    '--data',
    data,
    ...ports,
  ])
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ended
    gatherBehind(data, { log: output })
    rmSync(data, { recursive: true, force: true })
  }
  const deadline = Date.now() + START_WITHIN_MS
  while (!output.includes('stop with Ctrl-C')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`the program did not start:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const passwords = new Map(
    [...output.matchAll(/^sign in {2}(\S+) \/ (\S+)/gm)].map(([, name, password]) => [
      name!,
      password!,
    ]),
  )
  return { url: /^console {2}(\S+)/m.exec(output)![1]!, passwords, output: () => output, stop }
}
