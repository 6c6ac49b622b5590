/** Mosquitto as installed on this machine, with the settings that a test needs. */
import { userInfo } from 'node:os'
import { accepts, freePort, type ServerProcess, startServer } from './server-process.ts'

export interface MosquittoOptions {
  /** Lines of its configuration; absent: anonymous clients, nothing kept on disk. */
  readonly lines?: (folder: string) => readonly string[]
  /** Or its whole configuration, listening on `port`. */
  readonly whole?: (port: number) => string
}

export interface Mosquitto extends ServerProcess {
  readonly url: string
  readonly port: number
}

/** Starts it on a free port of loopback. */
export async function startMosquitto({
  lines = () => ['allow_anonymous true', 'persistence false'],
  whole,
}: MosquittoOptions): Promise<Mosquitto> {
  const port = await freePort()
  const server = await startServer({
    program: 'mosquitto',
    // As root it would give up its rights, and with them its folders.
    config: (folder) =>
      [
        `user ${userInfo().username}`,
        ...(whole ? [whole(port)] : [`listener ${port} 127.0.0.1`, ...lines(folder)]),
        '',
      ].join('\n'),
    args: (configFile) => ['-c', configFile],
    answers: () => accepts(port),
  })
  return { ...server, port, url: `mqtt://127.0.0.1:${port}` }
}
