/**
 * What people do in a scenario: announce outages, call the hotline, act on incidents. No terminal
 * speaks of it, so whoever plays the scenario is told; over the network that goes out as HTTP requests,
 * on virtual time it becomes facts.
 */
import { z } from 'zod'
import { CALL_CHANNELS, CALLER_WORDS } from '../src/facts/calls.ts'
import { ACTIONS } from '../src/facts/facts.ts'
import { isId } from '../src/facts/ids.ts'
import { PLAN_KINDS } from '../src/facts/plans.ts'

/** A week, as for the scenario itself. */
const seconds = z.number().min(0).max(604_800)
const id = z.string().refine(isId, 'not an id')

/** An outage is announced; its times count from the beginning of the scenario. */
const plan = z
  .strictObject({
    id,
    kind: z.enum(PLAN_KINDS),
    devices: z.array(id).default([]),
    usagePoints: z.array(id).default([]),
    fromSeconds: seconds,
    toSeconds: seconds,
  })
  .refine(({ devices, usagePoints }) => devices.length + usagePoints.length > 0, {
    message: 'names neither devices nor usage points',
  })
  .refine(({ fromSeconds, toSeconds }) => fromSeconds < toSeconds, {
    message: 'toSeconds must be later than fromSeconds',
  })

/** A customer tells of their own supply. */
const call = z.strictObject({
  usagePoint: id,
  says: z.enum(CALLER_WORDS).default('dark'),
  channel: z.enum(CALL_CHANNELS).default('phone'),
  account: id.optional(),
})

/** Somebody acts on the open incident at a device (or usage point). */
const action = z.strictObject({
  device: id,
  does: z.enum(ACTIONS),
  crew: id.optional(),
  /** An estimate that counts from the beginning of the scenario. */
  etrSeconds: seconds.optional(),
  causeCode: id.optional(),
  reasonCode: id.optional(),
})

/** The program is stopped and started again; only on virtual time, elsewhere a person does it. */
const restart = z.strictObject({})

export const DEEDS = { plan, call, action, restart } as const

export type Deed =
  | { readonly kind: 'plan'; readonly plan: z.infer<typeof plan> }
  | { readonly kind: 'call'; readonly call: z.infer<typeof call> }
  | { readonly kind: 'action'; readonly action: z.infer<typeof action> }
  | { readonly kind: 'restart' }

/** Told of a deed at its moment; `wallAt` gives the wall's time of a second of the scenario. */
export type OnDeed = (deed: Deed, wallAt: (atSeconds: number) => number, now: number) => void

/** The deed of an event, if it is one. */
export function deedOf(event: {
  readonly plan?: z.infer<typeof plan> | undefined
  readonly call?: z.infer<typeof call> | undefined
  readonly action?: z.infer<typeof action> | undefined
  readonly restart?: z.infer<typeof restart> | undefined
}): Deed | undefined {
  if (event.plan) return { kind: 'plan', plan: event.plan }
  if (event.call) return { kind: 'call', call: event.call }
  if (event.action) return { kind: 'action', action: event.action }
  return event.restart ? { kind: 'restart' } : undefined
}

/** A deed in a few words. */
export function describeDeed(deed: Deed): string {
  switch (deed.kind) {
    case 'plan':
      return `plan ${deed.plan.id} announced`
    case 'call':
      return `${deed.call.usagePoint} calls: ${deed.call.says}`
    case 'action':
      return `${deed.action.does} at ${deed.action.device}`
    case 'restart':
      return 'restart'
  }
}
