/**
 * The rules as the engine uses them: plain values, validated where they are read from
 * `config/rules/*.yaml`. Each value's unit stands in its name; its reason stands in the file.
 */
import type { Channel } from '../facts/channels.ts'
import type { DeviceType, ObserverClass, Zone } from '../grid/model.ts'
import type { Level } from './changes.ts'
import type { DelayCurve, ReliabilityClass } from './cost/likelihood.ts'
import type { RepairRules } from './repair/repair-rules.ts'
import type { ComplaintRules } from './service/working-days.ts'

export interface JudgementRules {
  /** Local time, as `+08:00`: days of reports, quiet hours. */
  readonly utcOffset: string
  /** Interruptions longer than this are sustained (持续停电, DL/T 836), minutes. */
  readonly sustainedMinutes: number
  /** τ: the window in which faults count as simultaneous, minutes. */
  readonly windowMinutes: number
  /** λ: openings a year by device type, `service` also for the implicit service of a usage point. */
  readonly openingsPerYear: Readonly<Record<DeviceType, number>>
  /** Reliability of each class of observer. */
  readonly observers: Readonly<Record<ObserverClass, ReliabilityClass>>
  /** What concentrators do to all they forward at once. */
  readonly area: {
    /** P(a dark area's concentrator is lost with everything it forwards). */
    readonly lost: number
    /** P(a concentrator through which an area was heard is lost when its supply returns). */
    readonly lostAtReturn: number
    /** When the first word of a dark area comes through. */
    readonly offDelay: DelayCurve
    /** When the first word of an area comes through after its supply returned. */
    readonly onDelay: DelayCurve
  }
  /** P(a part stays dark when what lies above it came back). */
  readonly leftDark: number
  /** P(the device is open | an authenticated terminal reported its position open). */
  readonly positionTrusted: number
  /** P(supply heard below an open device comes through a tie that nobody reported closed). */
  readonly tieUnreported: number
  /** The same where its protection operated within five seconds, and where that is all that is known. */
  readonly tripWithPosition: number
  readonly tripAlone: number
  /** Fault current passed: how much likelier "open" gets there and below, and above (below 1). */
  readonly faultIndicated: { readonly below: number; readonly above: number }
  readonly voltage: VoltageRules
  /** P(a terminal or meter whose area has supply loses its own alone) in one window. */
  readonly ownSupplyOnly: number
  /** A voice against an outage that nobody seconds for so long contradicts it. */
  readonly contradictedSeconds: number
  /** P(all that one identity forwards of its area is false) in one window. */
  readonly identityFalse: number
  readonly confirm: { readonly probability: number; readonly sources: number }
  /** A new incident that is not beyond doubt waits this long for what comes with its first report. */
  readonly holdSeconds: number
  /** Storm mode: when it begins and ends, and what holds meanwhile. */
  readonly storm: {
    /** Any one of these begins it. */
    readonly enter: {
      readonly openIncidents: number
      readonly offsPerMinute: number
      readonly feeders: number
    }
    /** Every measure below this share of its threshold for so long ends it. */
    readonly leave: { readonly share: number; readonly afterMinutes: number }
    readonly during: {
      readonly holdSeconds: number
      readonly confirm: { readonly probability: number; readonly sources: number }
    }
  }
  /** Judgements over many trees. */
  readonly summary: {
    /** So many feeders, and this share, of a substation dark within this are one fault. */
    readonly substation: {
      readonly feeders: number
      readonly share: number
      readonly withinSeconds: number
    }
  }
  /** An interruption shorter than this is momentary (重合成功): no notice. */
  readonly momentarySeconds: number
  readonly restore: {
    /** Share of those who had reported off and are back, from which all is called restored. */
    readonly share: number
    /** After this long without contradiction the rest is presumed restored. */
    readonly settleSeconds: number
    /** A restored incident that no crew was sent to closes by itself after this. */
    readonly closeMinutes: number
  }
  /** Announced outages. */
  readonly plans: {
    /** P(open at some time in the plan's window | announced). */
    readonly trusted: number
    /** An outage that begins this long before or after the window is still the plan's. */
    readonly marginMinutes: number
    /** Dark this long after the end of the plan, it is overrun. */
    readonly overrunMinutes: number
  }
  /** What callers say of their own premises. */
  readonly calls: {
    /** P(an account calls | its premises are dark). */
    readonly darkShare: number
    /** P(an account calls "dark" | the network supplies it) in one window. */
    readonly falseDark: number
    /** How long after the loss the first one calls: what meters had to say is said by then. */
    readonly firstAfterSeconds: number
    /** A word that no open incident rests on counts this long. */
    readonly staysMinutes: number
  }
  readonly callReads: CallReadRules
  readonly terminalFault: {
    /** A terminal's own fault is named when it was off this long and its area kept silent or live. */
    readonly holdSeconds: number
  }
  /** Meters read live in a dark area that are booked wrong rather than back: fewest flagged, share. */
  readonly ledger: { readonly meters: number; readonly share: number; readonly meterOffs: number }
  /** Three offs within this long are flapping, and it ends when it was quiet for as long. */
  readonly flapping: { readonly minutes: number }
  /** Dead cells: terminals of one unit that lose their link together and say nothing of supply. */
  readonly comms: {
    readonly terminals: number
    readonly feeders: number
    /** Of the unit's terminals whose link was ever heard. */
    readonly share: number
    readonly withinSeconds: number
  }
  /** Ons without an incident say nothing after this long. */
  readonly onFreshSeconds: number
  readonly learning: LearningRules
  readonly clock: {
    readonly futureSeconds: number
    readonly pastHours: number
    /** How late a report may be by a clock that was never seen to be right. */
    readonly unprovenMinutes: number
  }
}

/** How observers are learned to know (DESIGN §3). */
export interface LearningRules {
  /** Deliveries that grades stand for, falling: four. */
  readonly deliveries: readonly number[]
  /** How many outages the class's own delivery weighs against those an observer was in. */
  readonly priorOutages: number
  /** An off is late beyond the delay that this share of its class stays within. */
  readonly usualShare: number
  /** How much longer offs of a late grade take, and how much oftener those of a false one err. */
  readonly lateFactor: number
  readonly falseFactor: number
}

/** Voltages as shares of the nominal one of the low-voltage side. */
export interface VoltageRules {
  readonly nominalVolts: number
  /** Below this share a phase is lost, from that one on it has supply. */
  readonly off: number
  readonly on: number
  /** How far from the textbook values a pattern of phases may be. */
  readonly tolerance: number
}

/** Call-reads (召测), `domain.md` §1.4. */
export interface CallReadRules {
  /** False: nobody is ever asked, and incidents say so. */
  readonly enabled: boolean
  /** A new incident is asked about after this long: what comes by itself need not be asked. */
  readonly afterSeconds: number
  /** An answer is due within. */
  readonly terminalSeconds: number
  readonly meterSeconds: number
  /** Who did not answer is asked again no sooner than this after the question. */
  readonly attemptSeconds: number
  /** P(answers in time | has supply). */
  readonly reply: { readonly terminal: number; readonly meter: number }
  /** A question that tells less than this is not asked, nats. */
  readonly leastGainNats: number
  /** Questions about one fault, in both rounds. */
  readonly perIncident: number
  /** Questions about one transformer's area in one incident, restoration included. */
  readonly perArea: number
  /** Questions a second, of all incidents together. */
  readonly perSecond: number
  /** Whoever came back is asked this long after the first word of it, if not before. */
  readonly sampleAfterSeconds: number
  /** Share of an area's observers, and least number, known to be back before it is restored. */
  readonly sampleShare: number
  readonly sampleMeters: number
}

/** Grades by criterion: the value from which grade 1, 2 and 3 hold; below the last it is 4. */
export interface GradingRules {
  readonly level: Readonly<Record<Level, 1 | 2 | 3 | 4>>
  readonly customers: readonly [number, number, number]
  readonly durationHours: readonly [number, number, number]
  /** By `IMPORTANCES`. */
  readonly important: Readonly<Record<'special' | 'first' | 'second' | 'temporary', 1 | 2 | 3>>
  readonly sensitive: 2 | 3 | 4
  /** Somebody's life hangs on supply. */
  readonly lifeSupport: 1 | 2 | 3 | 4
  /** Customers who called about it within the window, from which grades 1, 2 and 3 hold. */
  readonly calls: {
    readonly windowMinutes: number
    readonly customers: readonly [number, number, number]
  }
  /** 频繁停电: an area that was dark too often, and one that is about to have been. */
  readonly frequentOutage: { readonly frequent: 1 | 2 | 3 | 4; readonly warning: 1 | 2 | 3 | 4 }
  /** The incident alone takes this much of a city: the lowest level of Order 599, and its warning. */
  readonly cityShare: { readonly general: 1 | 2 | 3 | 4; readonly warning: 1 | 2 | 3 | 4 }
  readonly cityShares: CityShareRules
  /** So cold, for so many customers, for so long: one grade more; a temperature is known for so long. */
  readonly cold: {
    readonly belowCelsius: number
    readonly customers: number
    readonly afterHours: number
    readonly staysHours: number
  }
}

export const CITY_CLASSES = ['municipality', 'capital', 'prefecture', 'county', 'province'] as const
export type CityClass = (typeof CITY_CLASSES)[number]

/** A city, or the grid of a province, whose shares are watched: its units with all below them. */
export interface CityRule {
  readonly id: string
  readonly class: CityClass
  readonly units: readonly string[]
  readonly peakLoadMw?: number | undefined
  /** Customers supplied; absent: as many as the grid has. */
  readonly customers?: number | undefined
}

/** Lower bound of each level. */
export interface ShareSteps {
  readonly general: number
  readonly larger: number
  readonly major?: number | undefined
  readonly extraordinary?: number | undefined
}

/** Order 599: shares from which each level is suspected. */
export interface CityShareRules {
  /** Of customers without supply; of a province the order names none. */
  readonly classes: Readonly<Partial<Record<CityClass, ShareSteps>>>
  /** Of load shed (减供负荷); absent: not watched. */
  readonly load: Readonly<Partial<Record<CityClass, ShareSteps | undefined>>>
  /** The highest level of the class asks for this peak load besides. */
  readonly largeFromMw: Readonly<Partial<Record<CityClass, number | undefined>>>
  /** Warned at this share of the lowest level. */
  readonly warnAt: number
  readonly cities: readonly CityRule[]
}

/** What people are promised and when they are told that it runs late (`domain.md` §3, §4). */
export interface ServiceRules extends RepairRules {
  readonly notice: {
    /** Grades up to this one are published without staff. */
    readonly publishGrade: 1 | 2 | 3 | 4
    /** … so long after the incident was confirmed. */
    readonly publishMinutes: number
  }
  readonly clocks: {
    /** From a customer's call to the order, which goes out with the notice. */
    readonly dispatchMinutes: number
    /** From a trip that automation shows, or from the crew's finding the fault, to the notice. */
    readonly publishMinutes: number
    /** From payment to supply. */
    readonly reconnectHours: number
    /** From what a customer is told whose life hangs on supply to the grid manager's visit or call. */
    readonly visitMinutes: number
    /** From the notice to the first word with an important customer (GB/T 29328). */
    readonly contactMinutes: number
    /** From an arrival, a restoration, a customer's urge to its being entered. */
    readonly enterArriveMinutes: number
    readonly enterRestoreMinutes: number
    readonly enterUrgeMinutes: number
    /** From a customer's urge to the next word of who works on it. */
    readonly answerUrgeMinutes: number
    readonly acceptMinutes: number
    readonly departMinutes: number
    readonly arriveMinutes: Readonly<Record<Zone, number>>
    readonly legalArriveMinutes: Readonly<Record<Zone, number>>
    /** First report of cause and estimate after arrival. */
    readonly reportMinutes: number
    readonly restoreHours: Readonly<Record<Zone, number>>
    readonly resultMinutes: number
  }
  /** Shares of a limit at which it is told: reminder, then levels 1, 2, 3. */
  readonly ladder: readonly [number, number, number, number]
  /** A renewed estimate is due so long before the old one passes. */
  readonly etrReminderMinutes: number
  /** Within which an escalation asks for a reply. */
  readonly replyMinutes: number
  /** Call-backs (回访): within how long, and after how many calls in vain it ends. */
  readonly callBack: { readonly dueHours: number; readonly attempts: number }
  /** Complaints (投诉): within how many working days, by which calendar, they are answered. */
  readonly complaint: ComplaintRules
  readonly informing: InformingRules
}

/** When customers are told what (`domain.md` §4.5). */
export interface InformingRules {
  /** What an incident must be before customers hear of it: confirmed, or its notice published. */
  readonly follows: 'confirmed' | 'published'
  /** Nobody is told earlier than so long after supply was lost. */
  readonly firstAfterMinutes: number
  /** Quiet hours, local time, `HH:MM`. They bind short messages alone. */
  readonly quiet: { readonly from: string; readonly to: string }
  /** Grades up to this one are told of by short message in the quiet hours as well. */
  readonly nightGrade: 1 | 2 | 3 | 4
  /** Short messages to one customer about one outage; its end and corrections do not count. */
  readonly smsPerIncident: number
  /** An estimate that moved less is no news. */
  readonly etrMovedMinutes: number
  /** By short message only where it is so much later, and so often at most. */
  readonly smsEtr: { readonly laterMinutes: number; readonly most: number }
  /** Without news the other channels hear again after this long. */
  readonly againMinutes: number
  /** News that could not be sent for so long is not sent any more. */
  readonly newsMinutes: number
  /** An end or a correction is owed for so long. */
  readonly endHours: number
  /** Announced outages are told so long before they begin. */
  readonly plannedHours: number
  /** Proactive service (主动服务) of a customer or area after a complaint. */
  readonly complaintDays: number
  /** Customers are told on the channels that the ledger says they prefer, without a subscription. */
  readonly byPreference: boolean
  /** Where whom no channel of theirs reached is told, the first that is carried; empty: nowhere. */
  readonly fallback: readonly Channel[]
}

export interface Rules {
  /** Stamped on every judgement (`ruleVersion`). */
  readonly version: string
  readonly judgement: JudgementRules
  readonly grading: GradingRules
  readonly service: ServiceRules
}
