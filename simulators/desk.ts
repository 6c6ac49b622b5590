/**
 * People as clients of the running program: what a scenario has them do goes out as HTTP requests, with
 * one account's token. What is refused is told and the scenario goes on.
 */
import { formatInstant } from '../src/facts/time.ts'
import { type Deed, describeDeed, type OnDeed } from './deeds.ts'

export interface DeskOptions {
  /** Where the program listens, `http://host:port`. */
  readonly url: string
  /** A bearer token that may plan, report and act. */
  readonly token: string
  readonly onProgress: (line: string) => void
}

/** An action waits so long for its answer, and a program that hangs is not waited for, wall ms. */
const PATIENCE_MS = 5_000

/** Does deeds one after another, in the order in which they come. */
export function createDesk(options: DeskOptions): OnDeed {
  let last = Promise.resolve()
  return (deed, wallAt) => {
    last = last
      .then(() => perform(options, deed, wallAt))
      .catch((error: Error) => options.onProgress(`${describeDeed(deed)}: ${error.message}`))
  }
}

async function perform(
  options: DeskOptions,
  deed: Deed,
  wallAt: (atSeconds: number) => number,
): Promise<void> {
  const time = (seconds: number) => formatInstant(wallAt(seconds))
  switch (deed.kind) {
    case 'plan': {
      const { fromSeconds, toSeconds, ...plan } = deed.plan
      const window = { from: time(fromSeconds), to: time(toSeconds) }
      await ask(options, '/api/v1/plans', { ...plan, ...window })
      break
    }
    case 'call':
      await ask(options, '/api/v1/reports', deed.call)
      break
    case 'action': {
      const { device, does: action, etrSeconds, ...more } = deed.action
      const { id, revision } = await incidentAt(options, device)
      const etr = etrSeconds === undefined ? {} : { etr: time(etrSeconds) }
      const path = `/api/v1/incidents/${encodeURIComponent(id)}/actions`
      await ask(options, path, { action, revision, ...more, ...etr })
      break
    }
    case 'restart':
      options.onProgress('restart: stop the program and start it again now')
  }
}

interface Listed {
  readonly id: string
  readonly revision: number
  readonly device: { readonly id: string }
}

/** The newest open incident at a device or usage point. */
async function incidentAt(options: DeskOptions, device: string): Promise<Listed> {
  let cursor: string | null = null
  do {
    const page: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { incidents, cursor: next } = (await ask(
      options,
      `/api/v1/incidents?state=open${page}`,
    )) as { incidents: Listed[]; cursor: string | null }
    const found = incidents.find((one) => one.device.id === device)
    if (found) return found
    cursor = next
  } while (cursor !== null)
  throw new Error(`no open incident at ${device}`)
}

/** GET, or POST where there is a body. @throws Error with what the program answered */
async function ask({ url, token }: DeskOptions, path: string, body?: object): Promise<object> {
  const response = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { code?: string; detail?: string }
  if (!response.ok) throw new Error(`${response.status} ${answer.code}: ${answer.detail}`)
  return answer
}
