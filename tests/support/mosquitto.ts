/** Mosquitto as installed on this machine, with the settings that a test needs. */
import { accepts, freePort, type ServerProcess, startServer } from './server-process.ts'

export interface MosquittoOptions {
  /** Lines of its configuration; absent: anonymous clients, nothing kept on disk. */
  readonly lines?: (folder: string) => readonly string[]
  /** Scheme of its address; `mqtts` where `lines` name certificates. */
  readonly scheme?: 'mqtt' | 'mqtts'
}

export interface Mosquitto extends ServerProcess {
  readonly url: string
  readonly port: number
}

/** Starts it on a free port of loopback. */
export async function startMosquitto({
  lines = () => ['allow_anonymous true', 'persistence false'],
  scheme = 'mqtt',
}: MosquittoOptions): Promise<Mosquitto> {
  const port = await freePort()
  const server = await startServer({
    program: 'mosquitto',
    // As root it would give up its rights, and with them this folder.
    config: (folder) => `user ${process.env.USER ?? 'root'}
listener ${port} 127.0.0.1
${lines(folder).join('\n')}
`,
    args: (configFile) => ['-c', configFile],
    answers: () => accepts(port),
  })
  return { ...server, port, url: `${scheme}://127.0.0.1:${port}` }
}
