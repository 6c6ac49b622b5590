/** Errors as RFC 9457 `application/problem+json`, each with a stable code. */
import { STATUS_CODES } from 'node:http'

export const PROBLEM_CODES = {
  'request.malformed': 400,
  'auth.required': 401,
  'auth.failed': 401,
  'auth.forbidden': 403,
  'auth.origin': 403,
  notFound: 404,
  'incident.notFound': 404,
  'grid.notWaiting': 404,
  'device.notFound': 404,
  'feeder.notFound': 404,
  'terminal.notFound': 404,
  'usagePoint.notFound': 404,
  'action.notFound': 404,
  'plan.notFound': 404,
  'customer.notFound': 404,
  'webhook.signature': 401,
  'webhook.notFound': 404,
  'callBack.notFound': 404,
  'visit.notFound': 404,
  'complaint.notFound': 404,
  'crew.notFound': 404,
  'escalation.notFound': 404,
  'attachment.notFound': 404,
  'subscription.notFound': 404,
  'action.stale': 409,
  'plan.taken': 409,
  'webhook.gone': 409,
  'callBack.notYours': 409,
  'callBack.settled': 409,
  'visit.notYours': 409,
  'visit.settled': 409,
  'complaint.answered': 409,
  'escalation.replied': 409,
  'grid.partOutOfOrder': 409,
  'grid.waiting': 409,
  'simulator.barred': 409,
  'simulator.running': 409,
  'request.tooLarge': 413,
  'grid.tooLarge': 413,
  'request.mediaType': 415,
  'request.invalid': 422,
  'action.notAllowed': 422,
  'action.onParts': 422,
  'action.keyReused': 422,
  'rules.invalid': 422,
  'cause.unknown': 422,
  'rules.trialFailed': 422,
  'rules.busy': 503,
  'simulator.noScenario': 422,
  'device.unknown': 422,
  'usagePoint.unknown': 422,
  'plan.window': 422,
  'plan.place': 422,
  'webhook.url': 422,
  'webhook.unit': 422,
  'subscription.until': 422,
  'webhook.noSecret': 422,
  'crew.unit': 422,
  'attachment.type': 422,
  'attachment.location': 422,
  'attachment.tooMany': 422,
  'switching.time': 422,
  'action.time': 422,
  'switching.notPlanned': 404,
  'grid.notReceived': 422,
  'rate.exceeded': 429,
  'auth.locked': 429,
  internal: 500,
  unavailable: 503,
  'plan.tooMany': 503,
  'webhook.tooMany': 503,
  'crew.tooMany': 503,
  'subscription.tooMany': 422,
  'switching.tooMany': 503,
  'grid.busy': 503,
  'map.preparing': 503,
  'map.failed': 503,
  'records.loading': 503,
  'records.full': 503,
  'records.failing': 503,
  'records.closed': 503,
  'journal.full': 503,
  'journal.busy': 503,
  'journal.failing': 503,
  'journal.closed': 503,
  'journal.corrupt': 503,
  'journal.unreachable': 503,
} as const satisfies Record<string, number>

export type ProblemCode = keyof typeof PROBLEM_CODES

/** Thrown by a route; becomes the answer. `more` are extension members. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly more: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    detail: string,
    more: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.status = PROBLEM_CODES[code]
    this.more = more
    this.headers = headers
  }

  body(): Record<string, unknown> {
    const { status, code, message: detail } = this
    return { type: 'about:blank', title: STATUS_CODES[status], status, code, detail, ...this.more }
  }
}

/** What an error of a library, the journal or a route is to the caller. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { code, statusCode, message } = error as {
    code?: string
    statusCode?: number
    message?: string
  }
  if (code && code in PROBLEM_CODES) return new Problem(code as ProblemCode, message ?? code)
  if (code === 'records.badCursor')
    return new Problem('request.invalid', message ?? 'not a cursor of this list')
  if (statusCode === 413) return new Problem('request.tooLarge', 'the body is too large')
  if (statusCode === 415) return new Problem('request.mediaType', 'send application/json')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('request.malformed', message ?? 'the request cannot be read')
  // What went wrong inside is for the log, not for the caller.
  return new Problem('internal', 'the request failed; the log says why')
}
