/** Texts of cities' shares under Order 599, in Chinese: suspected, never more. */
import type { CityLevel } from '../../api/operations.ts'

export const cities = {
  heading: '城市停电占比',
  order: '国务院令第599号',
  none: '规则中没有列出城市',
  customers: (out: string, all: string) => `停电 ${out} 户，共 ${all} 户`,
  load: (share: string) => `减供负荷约 ${share}（按额定容量）`,
  loadUnknown: '减供负荷未知',
  levels: {
    none: '',
    warning: '预警',
    general: '一般事故',
    larger: '较大事故',
    major: '重大事故',
    extraordinary: '特别重大事故',
  } as Record<CityLevel, string>,
  suspected: {
    none: '',
    warning: '疑似接近事故标准，请关注',
    general: '疑似达到一般事故标准，请按预案核定',
    larger: '疑似达到较大事故标准，请按预案核定',
    major: '疑似达到重大事故标准，请按预案核定',
    extraordinary: '疑似达到特别重大事故标准，请按预案核定',
  } as Record<CityLevel, string>,
  next: (level: string, bounds: string) => `下一级：${level}，${bounds}`,
  customersFrom: (share: string) => `户数 ${share} 起`,
  loadFrom: (share: string) => `负荷 ${share} 起`,
  or: '或',
}
