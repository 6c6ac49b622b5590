/**
 * Branded identifiers. An id is a plain string at run time; the brand keeps a feeder from being
 * passed where a device is meant.
 */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

/** 供电单位: organisation and rights. */
export type UnitId = Id<'Unit'>
/** 变电站. */
export type SubstationId = Id<'Substation'>
/** 10 kV 馈线. */
export type FeederId = Id<'Feeder'>
/** Connectivity node of the network. */
export type NodeId = Id<'Node'>
/** Anything that can interrupt what lies below it (开关、熔断器、配变、表箱 …). */
export type DeviceId = Id<'Device'>
/** 用电点: where one customer is supplied. */
export type UsagePointId = Id<'UsagePoint'>
/** 采控终端 or meter: whoever reports (`observers[].id`; also the MQTT user name of a terminal). */
export type ObserverId = Id<'Observer'>
/** 停电事件. A number is never used twice. */
export type IncidentId = Id<'Incident'>
/** 抢修班组. */
export type CrewId = Id<'Crew'>

/** Ids of files and messages: 1 to 64 of letters, digits, dot, underscore, hyphen (CONTRACT §3). */
export const ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/

/** True where `text` may be used as an id of a grid file, a topic or a message. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID_PATTERN.test(text)
}
