/** What a notice says (`domain.md` §4.1), as named lines in groups: the same on the screen and on paper. */
import { type NoticePayload, PLACE_KINDS, type PushCounts } from '../api/notices.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { causeWord } from '../incidents/causes.ts'
import { deviceName } from '../incidents/headline.ts'
import type { Names } from '../incidents/names.ts'

export type NoticeGroupName = keyof Catalogue['noticeSheet']['groups']

/** A field with what it says; null: not known yet. */
export type NoticeLine = readonly [name: string, value: string | null]

export interface NoticeGroup {
  readonly name: NoticeGroupName
  readonly lines: readonly NoticeLine[]
}

/** Transformers named in a line; the counts beside them are whole. */
const NAMED = 12

export function noticeGroups(
  notice: NoticePayload,
  names: Names,
  text: Catalogue,
  format: Format,
): readonly NoticeGroup[] {
  const all: Parts = { notice, names, text, format }
  return [
    { name: 'identity', lines: identity(all) },
    { name: 'source', lines: source(all) },
    { name: 'type', lines: type(all) },
    { name: 'device', lines: device(all) },
    { name: 'range', lines: range(all) },
    { name: 'times', lines: times(all) },
    { name: 'cause', lines: cause(all) },
    { name: 'push', lines: push(all) },
  ]
}

interface Parts {
  readonly notice: NoticePayload
  readonly names: Names
  readonly text: Catalogue
  readonly format: Format
}

function identity({ notice, text }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const revision = text.notice.revision(notice.revision)
  return [
    [t.no, notice.no],
    [t.incident, t.incidentRevision(notice.incident, revision)],
    [t.status, text.notice.status[notice.status]],
    [t.mother, notice.parentNo ?? t.nothing],
    [t.routes, notice.routes.map((one) => t.route[one]).join(t.between)],
    [text.detail.ruleVersion, notice.ruleVersion],
  ]
}

function source({ notice, text, format }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  return [
    [t.trigger, t.triggers[notice.trigger]],
    [text.detail.probability, format.probability(notice.probability)],
    [t.verification, notice.verification && text.detail.verification(notice.verification)],
  ]
}

function type({ notice, text }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const { grade } = notice
  return [
    [t.outageType, text.kind[notice.outageType]],
    [t.level, text.level[notice.level]],
    [t.grade, text.grade.full(text.grade.name[grade], text.grade.word[grade])],
    [t.urgency, t.urgencies[notice.urgency]],
    [text.detail.phases, notice.phases === 'ABC' ? text.detail.allPhases : notice.phases],
  ]
}

function device({ notice, text, format }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const { trip, transformers } = notice
  const named = transformers
    .slice(0, NAMED)
    .map(({ name, id, dedicated, kva }) =>
      t.transformer(name || id, dedicated, kva === null ? null : format.number(kva)),
    )
  const count = notice.publicTransformers + notice.dedicatedTransformers
  const list = named.join(t.between)
  const said = trip && (trip.protection ? t.protections.operated : t.protections.opened)
  return [
    [text.detail.substation, notice.substation],
    [text.detail.feeder, notice.feeder],
    [t.path, notice.path.map((one) => deviceName(one, text)).join(' › ') || t.nothing],
    [
      t.device,
      `${deviceName(notice.device, text)} · ${text.deviceType[notice.device.type]} ${notice.device.id}`,
    ],
    [t.transformers, count > named.length ? t.more(list, format.number(count)) : list || t.nothing],
    [t.protection, trip && said ? t.tripAt(said, format.time(trip.at)) : t.noTrip],
    [t.reclosing, trip ? t.reclosings[trip.reclosing] : t.reclosingUnknown],
  ]
}

/** A line for each kind of place that is known; one that says so where none is. */
function placeLines({ notice: { places }, text, format }: Parts): readonly NoticeLine[] {
  const t = text.noticeSheet
  const lines = PLACE_KINDS.flatMap((kind): NoticeLine[] => {
    const ofKind = places.filter((place) => place.kind === kind)
    const said = ofKind.map(({ name, customers }) => t.place(name, format.number(customers)))
    return said.length === 0 ? [] : [[t.placesOf[kind], said.join(t.between)]]
  })
  return lines.length === 0 ? [[t.places, null]] : lines
}

/** 医院, 学校 …: how many, and those whose names the ledger knows. */
function institutionLines({ notice, text, format }: Parts): readonly NoticeLine[] {
  const t = text.noticeSheet
  return (notice.institutions ?? []).map(({ institution, count }) => {
    const named = notice.places.filter(({ kind }) => kind === institution)
    const names = named.map(({ name }) => name).join(t.between)
    return [t.placesOf[institution], t.institution(names, format.number(count))]
  })
}

function range(all: Parts): NoticeLine[] {
  const { notice, names, text, format } = all
  const t = text.noticeSheet
  const kinds = new Map<string, number>()
  for (const { importance } of notice.importantUsers)
    kinds.set(importance, (kinds.get(importance) ?? 0) + 1)
  const important = [...kinds].map(([kind, count]) =>
    t.important(text.agent.importance[kind] ?? kind, format.number(count)),
  )
  return [
    [text.detail.unit, names.unit(notice.unit)],
    ...placeLines(all),
    ...institutionLines(all),
    [t.customers, t.households(format.number(notice.customers))],
    [
      t.ofTransformers,
      `${format.number(notice.publicTransformers)} / ${format.number(notice.dedicatedTransformers)}`,
    ],
    [t.importantOnes, important.join(t.between) || t.nothing],
    [
      t.sensitive,
      notice.sensitiveCount === 0 ? t.nothing : t.households(format.number(notice.sensitiveCount)),
    ],
  ]
}

function times({ notice, text, format }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const { plannedPeriod: planned, etr, etrSource, publishedBy } = notice
  const at = (time: string | null) => time && format.time(time)
  const published = at(notice.publishedAt)
  const by = publishedBy && text.noticePage.by[publishedBy]
  return [
    [text.detail.startedAt, at(notice.startedAt)],
    [text.detail.sensedAt, at(notice.sensedAt)],
    [t.proposedAt, at(notice.proposedAt)],
    [t.publishedAt, published && by ? `${published} · ${by}` : published],
    [t.changedAt, at(notice.changedAt ?? null)],
    [
      planned?.temporary ? t.plannedTemporary : t.planned,
      planned ? t.until(format.about(planned.start), format.about(planned.end)) : t.nothing,
    ],
    [text.detail.etr, etr && `${format.about(etr)} · ${text.detail.etrSource[etrSource]}`],
    [
      t.etrRevisions,
      notice.etrRevisions
        .map((one) => t.etrRevision(format.about(one.etr), format.about(one.at)))
        .join(t.between) || t.nothing,
    ],
    [t.arrivedAt, at(notice.arrivedAt)],
    [t.firstRestoredAt, at(notice.firstRestoredAt)],
    [text.detail.restoredAt, at(notice.restoredAt)],
  ]
}

function cause({ notice, text, format }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const { cause: code, causeKnown, causeBy, measures = [], photos } = notice
  const word = code && causeWord(code, text.locale)
  const entered = (what: 'measure' | 'materials') =>
    measures
      .flatMap(({ at, [what]: words }) => (words ? [t.entered(words, format.time(at))] : []))
      .join(t.between) || null
  return [
    [text.detail.cause, word && causeKnown ? t.causeWith(word, t.causeOf[causeKnown]) : word],
    [t.causeBy, causeBy ? `${causeBy.by} · ${text.roles[causeBy.role] ?? causeBy.role}` : null],
    [t.measure, entered('measure')],
    [t.materials, entered('materials')],
    [t.site, notice.site && text.field.site.situations[notice.site]],
    [text.detail.crew, notice.crew ?? text.detail.crewNone],
    [t.stage, text.stage[notice.stage]],
    [t.restored, t.restoredParts[notice.restored]],
    [
      t.photos,
      photos.lastAt === null
        ? t.nothing
        : t.photoCount(format.number(photos.count), format.time(photos.lastAt)),
    ],
  ]
}

function push({ notice, text, format }: Parts): NoticeLine[] {
  const t = text.noticeSheet
  const { subscribers, countedAt, total, lines, lastAt } = notice.push
  const { number } = format
  const counts = ({ waiting, sent, delivered, failed }: typeof total) =>
    t.pushCounts(number(sent + delivered), number(delivered), number(failed), number(waiting))
  return [
    [
      t.subscribers,
      subscribers === null || countedAt === null
        ? t.notCounted
        : t.counted(format.number(subscribers), format.about(countedAt)),
    ],
    [t.pushed, lines.length === 0 ? t.nothing : counts(total)],
    ...byText(lines).map(({ code, channel, sum }): NoticeLine => {
      const name = t.templates[code] ?? code
      return [t.template(code, name, text.agent.channel[channel] ?? channel), counts(sum)]
    }),
    [t.lastPush, lastAt === null ? t.nothing : format.time(lastAt)],
  ]
}

/** Wordings of one text for different cases (`T1-verifying`) count together. */
function byText(lines: NoticePayload['push']['lines']) {
  const found = new Map<string, { code: string; channel: string; sum: PushCounts }>()
  for (const { channel, template, ...counts } of lines) {
    const [code = template] = template.split('-')
    const { sum } = found.get(`${code} ${channel}`) ?? { sum: NO_PUSHES }
    found.set(`${code} ${channel}`, { code, channel, sum: added(sum, counts) })
  }
  return [...found.values()]
}

const NO_PUSHES: PushCounts = { waiting: 0, sent: 0, delivered: 0, failed: 0 }

const added = (a: PushCounts, b: PushCounts): PushCounts => ({
  waiting: a.waiting + b.waiting,
  sent: a.sent + b.sent,
  delivered: a.delivered + b.delivered,
  failed: a.failed + b.failed,
})
