/** Every limit of the HTTP side, with the reason for its value. Refusals count `http.refused`. */

/** Longest body; the largest of ours is an action of some 500 bytes. */
export const BODY_LIMIT_BYTES = 64 * 1024
/** A whole request must have arrived within this, ms (a slow sender holds a socket, not a thread). */
export const REQUEST_TIMEOUT_MS = 10_000
/** Requests of one address a minute: three desks behind one address, panning maps all the time. */
export const REQUESTS_PER_MINUTE = 6_000
/** Sign-ins of one address a minute: a shift change of 60 people behind one address. */
export const SIGN_INS_PER_MINUTE = 60
/**
 * Failed panels of consoles told from one address a minute: a hall of desks behind one address, each of
 * which says a panel once a minute. More would say nothing new.
 */
export const CONSOLE_FAILURES_PER_MINUTE = 120
/** Readings of one public feed by one address a minute: a village behind one address, each phone once. */
export const FEED_READINGS_PER_MINUTE = 600
/** How long an action waits for the engine's answer (CONTRACT §5: then 202), ms. */
export const ACTION_WAIT_MS = 2_000
/** Page sizes. */
export const DEFAULT_PAGE = 100
export const MAX_PAGE = 500
/** Messages of the quarantine taken again at once: decoded within some 100 ms. */
export const MAX_REPLAYED = 200
/** A scenario faster than this outruns the waits of the rules, which are real time. */
export const MAX_SIMULATION_SPEED = 10
/** Trials of rules of one address a minute: each keeps a core busy for seconds. */
export const RULE_TRIALS_PER_MINUTE = 12
/** Sets of rules listed: years of them. */
export const MAX_RULES_LISTED = 100
/** Facts shown in a timeline; a feeder's fault has thousands of reports that say the same. */
export const MAX_TIMELINE_FACTS = 500
/** Revisions shown in a timeline; each is a whole incident, and a storm's feeder revises on every report. */
export const MAX_TIMELINE_CHANGES = 500
/** Features of an incident's area; beyond, lines are left out before transformers. */
export const MAX_AREA_FEATURES = 20_000
/** Observers looked at for one page of terminals, so that a narrow scope does not scan millions. */
export const MAX_TERMINALS_SCANNED = 50_000
/** Customers to look in on of one outage: more are a matter for the whole unit, not for a round. */
export const MAX_ATTENTIVE_LISTED = 500
/** Devices of one plan: a section's transformers listed one by one. */
export const MAX_PLAN_DEVICES = 200
/** Usage points of one plan: as many as fit the body; longer lists are sent as several plans. */
export const MAX_PLAN_USAGE_POINTS = 1_000
/** Plans held at once: the arrears of one in a hundred of nine million customers. */
export const MAX_PLANS = 100_000
/** Longest plan, days: work and rationing are announced anew each month, the rest by the contract. */
export const MAX_PLAN_DAYS = {
  planned: 31,
  rationing: 31,
  arrears: 731,
  suspension: 731,
  customerRequested: 731,
  meterExchange: 31,
} as const
/** Nobody announces more than a year ahead; a year typed wrong is noticed. */
export const MAX_PLAN_AHEAD_DAYS = 366
/** Longest period of one reliability report: a leap year. */
export const MAX_REPORT_DAYS = 366
/** One part of an uploaded grid: at 10 Mbit/s it arrives within the time of a request. */
export const GRID_PART_BYTES = 4 * 1024 * 1024
/** How far back a dispatcher may date a switching, hours: as far as a terminal's report counts. */
export const MAX_SWITCHING_LATE_HOURS = 72
/** How far back an entry of the field may be dated, hours: a crew in the steppe is without a connection for days. */
export const MAX_ENTRY_LATE_HOURS = 72
/** How far ahead, minutes: no telephone's clock that is set by its network is further off. */
export const MAX_ENTRY_AHEAD_MINUTES = 5
/** Longest restoration that is promised, days: as planned work lasts at most. A year typed wrong is noticed. */
export const MAX_ETR_DAYS = 31
/** How far ahead, days: operation tickets are written for the coming weeks. */
export const MAX_SWITCHING_AHEAD_DAYS = 31
/** Planned operations held at once: a day's work of every unit of a large utility. */
export const MAX_SWITCHING_PLANNED = 10_000
/** Receivers of messages: each is one more row of every change that is told. */
export const MAX_WEBHOOKS = 100
/** Subscriptions in force of one account or area: each channel in each language. */
export const MAX_SUBSCRIPTIONS = 9
/** Longest term of a subscription that says its end, days: two years, as customers forget. */
export const MAX_SUBSCRIPTION_DAYS = 731
/** Longest term of a flag on a customer or an area, days: after a season it is looked at anew. */
export const MAX_CARE_DAYS = 90
/** Notes looked through for one list: areas dark too often are few in a hundred. */
export const MAX_CARE_LISTED = 20_000
/** Tickets waiting to be used; each lives 30 s. */
export const MAX_TICKETS = 10_000
export const TICKET_TTL_MS = 30_000
/** Words of one entry about a repair (`domain.md` §5.2 asks for 200 of the situation). */
export const MAX_REMARK_CHARACTERS = 500
/** Words of the measure, and of the materials it took: as many as §5.2 gives the situation. */
export const MAX_MEASURE_CHARACTERS = 200
/** Transformers that one partial restoration names: a feeder's. */
export const MAX_ACTION_TRANSFORMERS = 200
/** Crews in the register: some hundred units with some crews each, three shifts. */
export const MAX_CREWS = 5_000
/** One photo: a telephone's, made smaller by its app; larger ones cost the crew its data plan. */
export const ATTACHMENT_BYTES = 5 * 1024 * 1024
/** Photos of one incident: the place, the damage, the work, the meter, some angles each. */
export const MAX_ATTACHMENTS = 20
/** Outages measured in one report on estimates: a year of a large utility. */
export const MAX_ETR_OUTCOMES = 100_000
