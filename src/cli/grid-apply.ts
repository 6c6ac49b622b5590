/** `grid apply`: sends a grid file to a running program in parts, and waits until it is in force. */
import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { ConfigError, UsageError } from '../config/errors.ts'
import { GRID_PART_BYTES } from '../http/limits.ts'
import { answerOf, programUrl } from './program-url.ts'

/** Between two looks at how it goes. */
const LOOK_EVERY_MS = 300

const BAR = {
  format: 'sending {bar} {percentage} % · {value} of {total} bytes · {eta_formatted}',
  stream: process.stderr,
  clearOnComplete: true,
}

interface Progress {
  readonly upload: string | null
  readonly stage: 'receiving' | 'checking' | 'applying' | null
  readonly last: {
    readonly upload: string
    readonly applied: boolean
    readonly digest?: string
    readonly customers?: number
    readonly feeders?: number
    readonly deviceVanished?: readonly string[]
    readonly code?: string
    readonly detail?: string
    readonly waiting?: Waiting
  } | null
}

/** Feeders that another partition must judge before the grid may come into force. */
interface Waiting {
  readonly digest: string
  readonly moving: number
  readonly moves: readonly { readonly feeder: string; readonly from: number; readonly to: number }[]
  readonly openIncidents: number
  readonly holds: readonly { readonly by: string; readonly id: string }[]
}

interface Options {
  readonly url: string
  readonly token?: string
  readonly cancel?: boolean
}

export function registerGridApply(grid: Command): void {
  grid
    .command('apply [file]')
    .description('Put a grid in force on a running program; open incidents move with it.')
    .option('--cancel', 'take back the grid that waits until feeders may move between partitions')
    .option('--url <url>', 'the running program', programUrl, 'http://127.0.0.1:8080')
    .option('--token <token>', 'a token of an operator (also LASTGASP_TOKEN)')
    .action(async (file: string | undefined, { url, token, cancel }: Options) => {
      const bearer = token ?? process.env.LASTGASP_TOKEN
      if (bearer === undefined)
        throw new UsageError('--token or LASTGASP_TOKEN: a token of an operator is needed')
      const remote = new Remote(url, bearer)
      if (cancel) return takeBack(remote)
      if (file === undefined) throw new UsageError('which grid file?')
      const ending = /\.jsonl?(\.gz)?$/.exec(file)?.[0]
      if (ending === undefined)
        throw new UsageError(`${file}: the name must end in .json, .jsonl, .json.gz or .jsonl.gz`)
      const upload = await send(remote, file)
      await remote.ask('/api/v1/grid', { upload, ending })
      report(file, await outcome(remote, upload))
    })
}

/** Sends the file part by part; answers the name of the upload. */
async function send(remote: Remote, file: string): Promise<string> {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new UsageError(`${file}: no such file`)
  const upload = randomUUID()
  const bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined
  bar?.start(size, 0)
  let offset = 0
  for await (const bytes of createReadStream(file, { highWaterMark: GRID_PART_BYTES })) {
    const query = new URLSearchParams({ upload, offset: String(offset) })
    await remote.ask(`/api/v1/grid/parts?${query}`, bytes as Buffer)
    offset += (bytes as Buffer).length
    bar?.update(offset)
  }
  bar?.stop()
  return upload
}

/** Waits for the end, and says on standard error what is being done. */
async function outcome(remote: Remote, upload: string): Promise<NonNullable<Progress['last']>> {
  let said: Progress['stage'] = null
  for (;;) {
    const { stage, last } = (await remote.ask('/api/v1/grid')) as Progress
    if (last?.upload === upload) return last
    if (stage !== said && stage !== null) console.error(`${stage} …`)
    said = stage
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

async function takeBack(remote: Remote): Promise<void> {
  await remote.ask('/api/v1/grid/waiting', 'DELETE')
  console.log('taken back: the grid in force goes on')
}

/** Which feeders move where, and what they wait for. */
function reportWaiting(file: string, waiting: Waiting): void {
  const { digest, moving, moves, openIncidents, holds } = waiting
  const more = moving > moves.length ? ` and ${moving - moves.length} more` : ''
  const named = moves.map(({ feeder, from, to }) => `${feeder} ${from} → ${to}`).join(', ')
  const held = holds.map(({ by, id }) => `${by} ${id}`).join(', ')
  console.log(
    `${file}: waits, ${moving} feeders go to another partition first: ${named}${more}
${openIncidents} open incidents hold them${held === '' ? '' : `: ${held}`}
comes into force by itself, sha256 ${digest}; \`grid apply --cancel\` takes it back`,
  )
}

function report(file: string, last: NonNullable<Progress['last']>): void {
  if (last.waiting) {
    reportWaiting(file, last.waiting)
    return
  }
  if (!last.applied)
    throw new ConfigError([
      `${file}: refused, the grid in force goes on (${last.code})`,
      last.detail ?? '',
    ])
  console.log(
    `${file}: in force, ${last.customers} customers, ${last.feeders} feeders, sha256 ${last.digest}`,
  )
  if (last.deviceVanished?.length)
    console.log(`incidents whose device is gone: ${last.deviceVanished.join(', ')}`)
}

class Remote {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** GET, DELETE, or POST of a body. @throws ConfigError with what the program answered */
  async ask(path: string, what?: object | Buffer | 'DELETE'): Promise<object> {
    const body = what === 'DELETE' ? undefined : what
    const binary = Buffer.isBuffer(body)
    const target = new URL(path, this.#url)
    const type = binary ? 'application/octet-stream' : 'application/json'
    let response: Response
    try {
      response = await fetch(target, {
        method: what === 'DELETE' ? what : body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body: binary ? body : JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ConfigError([`${target.origin} cannot be reached`], { cause })
    }
    if (response.status === 204) return {}
    const answer = (await answerOf(response)) as { code?: string; detail?: string }
    if (!response.ok)
      throw new ConfigError([
        `${target.origin}: ${response.status} ${answer.code}: ${answer.detail}`,
      ])
    return answer
  }
}
