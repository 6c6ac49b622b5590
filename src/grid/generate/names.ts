/**
 * Invented Chinese names from syllables. Any likeness to a real place is chance; no list of
 * places, streets or firms stands behind them.
 */
import type { Draw } from './draw.ts'

const AUSPICIOUS = [
  ...'安宝昌达德丰福广海和恒宏华吉嘉金康乐隆明宁平庆瑞盛泰天通旺文祥新兴永玉裕长正',
]
const LAND = [...'川滩河湾坪岭原泉源山口梁沟井沙柳杨榆松石']
const STEPPE_FIRST = [...'乌巴查额格哈敖苏塔赛图伊布达毛阿呼朝那白']
const STEPPE_SECOND = [...'兰彦干尔日拉音林勒木仁和特鲁吉']
const STEPPE_THIRD = ['图', '淖', '高勒', '宝力格', '塔拉', '敖包', '音', '乌素', '布拉格', '希勒']
const LINE_SECOND = [...'东西南北中城园业苑和光丰泰安达源']
const ESTATE_FIRST = [...'锦华翠丽雅馨康怡紫金水碧银枫桂兰景阳和']
const ESTATE_SECOND = [...'苑园居庭湾城府台']

export const townName = (draw: Draw) => draw.pick(AUSPICIOUS) + draw.pick(LAND)
export const steppeName = (draw: Draw) =>
  draw.pick(STEPPE_FIRST) + draw.pick(STEPPE_SECOND) + draw.pick(STEPPE_THIRD)
export const lineName = (draw: Draw) => draw.pick(AUSPICIOUS) + draw.pick(LINE_SECOND)
export const streetName = (draw: Draw) => draw.pick(AUSPICIOUS) + draw.pick(AUSPICIOUS)
export const estateName = (draw: Draw) =>
  draw.pick(ESTATE_FIRST) + draw.pick(AUSPICIOUS) + draw.pick(ESTATE_SECOND)
export const villageName = (draw: Draw) => draw.pick(AUSPICIOUS) + draw.pick(LAND)

/** Tries `make` until it gives a name that `taken` does not have, adding 东, 西 … in the end. */
export function unusedName(taken: Set<string>, make: () => string): string {
  let name = make()
  for (let i = 0; i < 20 && taken.has(name); i++) name = make()
  for (let i = 2; taken.has(name); i++) name = `${name.replace(/\d+$/, '')}${i}`
  taken.add(name)
  return name
}
