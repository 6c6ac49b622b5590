/**
 * What becomes of a report on its way: whether the terminal gets it out before its capacitor is
 * empty, how long that takes, whether it comes twice. Draws only; it sends nothing. Defaults are
 * the field figures of the sizing table for 公变 terminals, HPLC meters and SOE.
 */
import { z } from 'zod'
import type { ObserverClass } from '../src/grid/model.ts'
import type { Random } from './random.ts'

const probability = z.number().min(0).max(1)
const seconds = z.number().min(0).max(86_400)
/** Log-normal: median in seconds, sigma of the logarithm. */
const delay = z.strictObject({ medianSeconds: seconds, sigma: z.number().min(0).max(3) })

export const channelSchema = z.strictObject({
  /** A terminal's own power-off arrives: 85–98 %. */
  terminalOff: probability.default(0.95),
  terminalOffDelay: delay.default({ medianSeconds: 5, sigma: 1 }),
  /** A meter's power-off when its whole area is out: 60–95 %, hub repeaters die with it. */
  meterOffWide: probability.default(0.8),
  /** A meter's power-off when its neighbours are live: 90–98 %. */
  meterOffSingle: probability.default(0.95),
  meterOffDelay: delay.default({ medianSeconds: 25, sigma: 0.8 }),
  /** Power-on of terminals and meters: 95–99 %, after boot and network. */
  powerOn: probability.default(0.97),
  powerOnDelay: delay.default({ medianSeconds: 70, sigma: 0.5 }),
  /** Switch positions and trips (SOE): 1 % lost, 1–5 s. */
  position: probability.default(0.99),
  positionDelay: delay.default({ medianSeconds: 2, sigma: 0.4 }),
  /** A call-read (召测) is answered by a terminal within 30 s, for a meter of it within 60. */
  answer: probability.default(0.95),
  answerDelay: delay.default({ medianSeconds: 4, sigma: 0.5 }),
  meterAnswer: probability.default(0.9),
  meterAnswerDelay: delay.default({ medianSeconds: 15, sigma: 0.4 }),
  /** A message sent a second time, as when its acknowledgement came late: 1–10 %. */
  duplicate: probability.default(0.04),
  duplicateDelay: delay.default({ medianSeconds: 5, sigma: 0.8 }),
  /** Power-offs that never happened, per 1,000 terminals and day: 0.5–3. */
  falsePerThousandDays: z.number().min(0).max(1e9).default(1),
  /** Concentrators and terminals that were already dead when the run began: joint loss. */
  dead: probability.default(0.01),
  /** Clock errors: normal, with a few terminals minutes off. */
  clockSigmaSeconds: seconds.default(2),
  clockOutliers: probability.default(0.02),
  clockOutlierSeconds: z.tuple([seconds, seconds]).default([60, 600]),
  /** Reports whose time the terminal does not know. */
  nullTime: probability.default(0),
  /**
   * The time a concentrator gives for its meters: their own record of the event, or, as some
   * firmware does, the moment it heard them.
   */
  meterTime: z.enum(['event', 'receipt']).default('event'),
  /** How long a terminal without supply keeps its link (super-capacitor, ≥ 3 min class). */
  backupSeconds: seconds.default(180),
  /** How long a concentrator gathers meters into one message. */
  batchSeconds: z.number().min(0).max(600).default(5),
})

/** Effective channel of a run. */
export type Channel = z.infer<typeof channelSchema>

/** What is said: a loss or return of supply, or a switch's position. */
export type ReportClass = 'off' | 'on' | 'position'

/** The fate of one report; delays in scenario milliseconds. */
export type Fate =
  | { readonly delivered: false }
  | { readonly delivered: true; readonly delayMs: number; readonly duplicateAfterMs: number | null }

/** Draws the fate of one report. `wide`: the reporter's whole area is dark. */
export function drawFate(
  channel: Channel,
  random: Random,
  report: ReportClass,
  observer: ObserverClass,
  wide: boolean,
): Fate {
  const { success, delay } = chancesOf(channel, report, observer, wide)
  // All numbers are drawn whatever comes of them, so that one loss does not shift the others.
  const arrives = random.chance(success)
  const delayMs = draw(random, delay)
  const twice = random.chance(channel.duplicate)
  const duplicateAfterMs = draw(random, channel.duplicateDelay)
  if (!arrives) return { delivered: false }
  return { delivered: true, delayMs, duplicateAfterMs: twice ? duplicateAfterMs : null }
}

function chancesOf(channel: Channel, report: ReportClass, observer: ObserverClass, wide: boolean) {
  if (report === 'position') return { success: channel.position, delay: channel.positionDelay }
  if (report === 'on') return { success: channel.powerOn, delay: channel.powerOnDelay }
  if (observer !== 'meter') return { success: channel.terminalOff, delay: channel.terminalOffDelay }
  const success = wide ? channel.meterOffWide : channel.meterOffSingle
  return { success, delay: channel.meterOffDelay }
}

function draw(random: Random, { medianSeconds, sigma }: z.infer<typeof delay>): number {
  return random.logNormal(medianSeconds, sigma) * 1000
}

/** Whether a call-read is answered and when; `meters`: meters have to be read for it. */
export function drawAnswer(
  channel: Channel,
  random: Random,
  meters: boolean,
): { readonly answers: boolean; readonly delayMs: number } {
  const answers = random.chance(channel.answer)
  return { answers, delayMs: draw(random, meters ? channel.meterAnswerDelay : channel.answerDelay) }
}

/** A terminal's clock error for the run, scenario milliseconds; positive is fast. */
export function drawClockError(channel: Channel, random: Random): number {
  const usual = random.normal() * channel.clockSigmaSeconds
  const [least, most] = channel.clockOutlierSeconds
  const outlier = (least + random.uniform() * (most - least)) * (random.chance(0.5) ? 1 : -1)
  return Math.round((random.chance(channel.clockOutliers) ? outlier : usual) * 1000)
}

/** How many false reports `terminals` make in `durationMs`: a Poisson draw. */
export function drawFalseReports(
  channel: Channel,
  random: Random,
  terminals: number,
  durationMs: number,
): number {
  const expected = (channel.falsePerThousandDays / 1000) * terminals * (durationMs / 86_400_000)
  let count = 0
  // Exponential gaps; cut at one false report per terminal.
  for (let sum = -Math.log(1 - random.uniform()); sum < expected && count < terminals; count++)
    sum -= Math.log(1 - random.uniform())
  return count
}
