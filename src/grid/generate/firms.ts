/**
 * Customers with a transformer of their own (专变). Important users (GB/T 29328) are about 1.7 % of
 * them: some 1,700 among nine million customers. The sensitivities are those the notices care for.
 */
import type { Importance, Institution } from '../model.ts'
import type { Draw } from './draw.ts'
import type { FeederKind } from './kinds.ts'
import { townName } from './names.ts'

export interface Firm {
  readonly suffix: string
  readonly weight: number
  readonly class: 'industrial' | 'commercial' | 'public' | 'agricultural' | Institution
  /** Which class of important user it may be, and how likely. */
  readonly important?: { readonly as: Importance; readonly chance: number }
  readonly sensitive?: string
  /** Has a boundary breaker (分界开关) of its own that reports its position. */
  readonly boundaryChance: number
}

/** Every place has one: a hospital where there is a 110 kV substation, a clinic elsewhere. */
export const HOSPITAL: Firm = {
  suffix: '医院',
  weight: 1,
  class: 'hospital',
  important: { as: 'second', chance: 1 },
  sensitive: 'lifeSupport',
  boundaryChance: 1,
}
export const CLINIC: Firm = {
  suffix: '卫生院',
  weight: 1,
  class: 'hospital',
  sensitive: 'lifeSupport',
  boundaryChance: 0.3,
}

const STREET_FIRMS: readonly Firm[] = [
  { suffix: '商场', weight: 18, class: 'commercial', boundaryChance: 0.3 },
  { suffix: '酒店', weight: 14, class: 'commercial', boundaryChance: 0.2 },
  { suffix: '写字楼', weight: 16, class: 'commercial', boundaryChance: 0.3 },
  { suffix: '充电站', weight: 8, class: 'commercial', boundaryChance: 0.2 },
  { suffix: '学校', weight: 10, class: 'school', sensitive: 'exam', boundaryChance: 0.2 },
  { suffix: '通信基站', weight: 12, class: 'industrial', boundaryChance: 0.1 },
  {
    suffix: '供热站',
    weight: 3,
    class: 'heating',
    important: { as: 'second', chance: 0.3 },
    sensitive: 'heating',
    boundaryChance: 0.6,
  },
  {
    suffix: '供水泵站',
    weight: 3,
    class: 'waterSupply',
    important: { as: 'second', chance: 0.3 },
    boundaryChance: 0.4,
  },
  {
    suffix: '机械厂',
    weight: 12,
    class: 'industrial',
    important: { as: 'second', chance: 0.02 },
    boundaryChance: 0.5,
  },
  {
    suffix: '政务中心',
    weight: 0.6,
    class: 'government',
    important: { as: 'first', chance: 0.3 },
    boundaryChance: 0.6,
  },
  {
    suffix: '广播电视台',
    weight: 0.2,
    class: 'public',
    important: { as: 'special', chance: 0.05 },
    sensitive: 'media',
    boundaryChance: 0.8,
  },
  {
    suffix: '会展中心',
    weight: 0.5,
    class: 'public',
    important: { as: 'temporary', chance: 0.3 },
    boundaryChance: 0.5,
  },
]

const COUNTRY_FIRMS: readonly Firm[] = [
  { suffix: '机井', weight: 34, class: 'agricultural', boundaryChance: 0.02 },
  { suffix: '养殖场', weight: 16, class: 'agricultural', boundaryChance: 0.15 },
  { suffix: '通信基站', weight: 14, class: 'industrial', boundaryChance: 0.05 },
  { suffix: '粮库', weight: 5, class: 'commercial', boundaryChance: 0.2 },
  { suffix: '砖厂', weight: 6, class: 'industrial', boundaryChance: 0.5 },
  { suffix: '学校', weight: 2, class: 'school', sensitive: 'exam', boundaryChance: 0.2 },
  {
    suffix: '敬老院',
    weight: 1.5,
    class: 'nursingHome',
    sensitive: 'care',
    boundaryChance: 0.2,
  },
  {
    suffix: '选矿厂',
    weight: 5,
    class: 'industrial',
    important: { as: 'second', chance: 0.08 },
    boundaryChance: 0.8,
  },
  {
    suffix: '煤矿',
    weight: 0.8,
    class: 'industrial',
    important: { as: 'first', chance: 0.4 },
    boundaryChance: 1,
  },
  {
    suffix: '供水站',
    weight: 3,
    class: 'waterSupply',
    important: { as: 'second', chance: 0.08 },
    boundaryChance: 0.3,
  },
]

/** Sensitivities of homes and shops, with the share of them that has it. */
export const HOME_SENSITIVITIES: readonly (readonly [sensitivity: string, share: number])[] = [
  ['complaintHistory', 0.003],
  ['care', 0.001],
  ['lifeSupport', 0.0004],
]

export function drawFirm(kind: FeederKind, draw: Draw): Firm {
  return draw.weighted(kind === 'urban' || kind === 'town' ? STREET_FIRMS : COUNTRY_FIRMS)
}

export const firmName = (firm: Firm, draw: Draw) => townName(draw) + firm.suffix
