/**
 * A customer of the utility as the customer ledger (营销档案) knows one, and what makes a row of that
 * ledger usable. Personal data stays in this folder: the engine and its facts know accounts only.
 */
import { IMPORTANCES, type Importance } from '../../grid/model.ts'

/**
 * What a household or firm depends on supply for (敏感客户). No register by law: each is recorded
 * with the customer's consent, and without it the row is refused.
 */
export const SENSITIVITIES = [
  'lifeSupport',
  'care',
  'exam',
  'heating',
  'complaintHistory',
  'media',
] as const
export type Sensitivity = (typeof SENSITIVITIES)[number]

export const LANGUAGES = ['zh', 'mn', 'en'] as const
/** In which language the customer is spoken to: 普通话, 蒙古语, English. */
export type Language = (typeof LANGUAGES)[number]

/** How the customer wants to hear of outages; what stands in none of them is not sent. */
export const PREFERENCES = ['sms', 'app', 'wechat', 'voice', 'night', 'none'] as const
export type Preference = (typeof PREFERENCES)[number]

export interface Customer {
  /** 户号. */
  readonly account: string
  readonly meter: string
  /** Where the customer hangs in the network; empty where the ledger does not say. */
  readonly usagePoint: string
  readonly name: string
  /** Digits and a leading plus alone; the first is called first. */
  readonly phones: readonly string[]
  readonly address: string
  /** 乡镇(街道), 村(社区), 住宅小区 as fields of their own; empty where the ledger does not say. */
  readonly town: string
  readonly village: string
  readonly estate: string
  /** 供电单位: whose agents and dispatchers may see the customer. */
  readonly unit: string
  /** 网格经理, by the id of the crew or account. */
  readonly gridManager: string
  /** GB/T 29328 重要电力用户. */
  readonly important: Importance | null
  readonly sensitivities: readonly Sensitivity[]
  readonly language: Language
  readonly preferences: readonly Preference[]
}

/** Why a row cannot be used: a stable code, and what stands there. Never a name or number. */
export interface RowProblem {
  readonly code:
    | 'columns'
    | 'account'
    | 'meter'
    | 'usagePoint'
    | 'name'
    | 'phones'
    | 'address'
    | 'town'
    | 'village'
    | 'estate'
    | 'unit'
    | 'gridManager'
    | 'important'
    | 'sensitivities'
    | 'consent'
    | 'language'
    | 'preferences'
    | 'encoding'
    | 'duplicate'
  readonly message: string
}

/** Columns in their usual order, with the heading a Chinese export gives them. */
export const COLUMNS = {
  account: '户号',
  meter: '电表',
  usagePoint: '用电点',
  name: '姓名',
  phones: '电话',
  address: '地址',
  unit: '供电单位',
  gridManager: '网格经理',
  important: '重要等级',
  sensitivities: '敏感类别',
  consent: '同意',
  language: '语言',
  preferences: '偏好',
  town: '乡镇街道',
  village: '村社区',
  estate: '小区',
} as const
export type ColumnName = keyof typeof COLUMNS

/** Without these a row says nothing an agent could use. */
export const NEEDED_COLUMNS: readonly ColumnName[] = ['account', 'name', 'address', 'unit']

const ID = /^[A-Za-z0-9._-]{1,64}$/
const OPTIONAL_ID = /^[A-Za-z0-9._-]{0,64}$/
/** Longest name and address: what a window envelope holds, twice. */
const MAX_NAME = 100
const MAX_ADDRESS = 300
/** Longest name of a town, a village or an estate. */
const MAX_PLACE = 40
/** Numbers kept of one customer. */
const MAX_PHONES = 5
/** E.164 has at most 15 digits; the shortest of ours are hotlines of five. */
const PHONE = /^\+?[0-9]{5,15}$/

/** A phone number as it is kept and compared: digits alone, the country's own code left out. */
export function plainPhone(text: string): string {
  const digits = text.normalize('NFKC').replace(/[\s()\-.]/g, '')
  return digits.replace(/^(\+86|0086)(?=\d{7})/, '')
}

const list = (text: string) => text.split(/[;,；，、|/ ]+/).filter((word) => word !== '')

/** A row by column as a customer, or what is wrong with it. */
export function customerOf(
  cell: (column: ColumnName) => string,
): Customer | { readonly problem: RowProblem } {
  const refuse = (code: RowProblem['code'], message: string) => ({ problem: { code, message } })
  const account = cell('account')
  if (!ID.test(account)) return refuse('account', 'needed: 1 to 64 letters, digits, dot, _ or -')
  for (const column of ['meter', 'usagePoint', 'gridManager'] as const)
    if (!OPTIONAL_ID.test(cell(column))) return refuse(column, 'not an id')
  const unit = cell('unit')
  if (!ID.test(unit)) return refuse('unit', 'needed: the id of a unit')
  const name = cell('name')
  if (name === '' || name.length > MAX_NAME) return refuse('name', `1 to ${MAX_NAME} characters`)
  const address = cell('address')
  if (address === '' || address.length > MAX_ADDRESS)
    return refuse('address', `1 to ${MAX_ADDRESS} characters`)
  for (const column of ['town', 'village', 'estate'] as const)
    if (cell(column).length > MAX_PLACE)
      return refuse(column, `at most ${MAX_PLACE} characters, or nothing`)
  const phones = [...new Set(list(cell('phones')).map(plainPhone))]
  if (phones.length > MAX_PHONES || phones.some((phone) => !PHONE.test(phone)))
    return refuse('phones', `at most ${MAX_PHONES} numbers of 5 to 15 digits`)
  const important = cell('important')
  if (important !== '' && !isOneOf(IMPORTANCES, important))
    return refuse('important', `one of ${IMPORTANCES.join(', ')}, or nothing`)
  const sensitivities = list(cell('sensitivities'))
  if (!areOf(SENSITIVITIES, sensitivities))
    return refuse('sensitivities', `some of ${SENSITIVITIES.join(', ')}`)
  if (sensitivities.length > 0 && !/^(1|yes|true|是)$/i.test(cell('consent')))
    return refuse('consent', 'sensitivities are kept with consent alone')
  const language = cell('language') || 'zh'
  if (!isOneOf(LANGUAGES, language)) return refuse('language', `one of ${LANGUAGES.join(', ')}`)
  const preferences = list(cell('preferences'))
  if (!areOf(PREFERENCES, preferences))
    return refuse('preferences', `some of ${PREFERENCES.join(', ')}`)
  return {
    account,
    meter: cell('meter'),
    usagePoint: cell('usagePoint'),
    name,
    phones,
    address,
    town: cell('town'),
    village: cell('village'),
    estate: cell('estate'),
    unit,
    gridManager: cell('gridManager'),
    important: important === '' ? null : important,
    sensitivities,
    language,
    preferences,
  }
}

function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word)
}

function areOf<T extends string>(words: readonly T[], list: string[]): list is T[] {
  return list.every((word) => isOneOf(words, word))
}
