/** Texts of the wall board, in Chinese. */
export const wall = {
  region: '大屏',
  lastHour: '近一小时',
  out: '停电客户',
  back: '已恢复客户',
  chart: (out: string, back: string) => `近一小时停电曲线：当前停电 ${out} 户，已恢复 ${back} 户`,
  byUnit: '按供电单位',
  incidents: (count: number) => `${count} 起`,
  moreUnits: (count: number) => `另有 ${count} 个单位有停电`,
  arrived: '到达及时',
  inTime: (inTime: number, of: number) => `${inTime} / ${of}`,
  arrivals: {
    title: '到达及时率',
    steps: '统计间隔',
    step: { hour: '24 小时', day: '30 天' },
    // 承诺时限按区域：城区 45 分钟、农村 90 分钟、特殊边远地区 120 分钟。
    limit: (minutes: number) =>
      `${({ 45: '城区 ', 90: '农村 ', 120: '边远 ' } as Record<number, string>)[minutes] ?? ''}${minutes} 分钟`,
    none: '这段时间没有到达时限已到的工单',
    said: (limit: string, share: string, inTime: number, due: number) =>
      `${limit} ${share}，${due} 起中 ${inTime} 起及时`,
    chart: (period: string, said: string) => `近${period}到达及时率：${said}`,
    and: '；',
  },
  saidi: '今日 SAIDI（低压客户）',
  minutes: (minutes: string) => `${minutes} 分钟/户`,
  age: (age: string) => `数据 ${age}前`,
  noHistory: '此前一小时的数据没有取到，曲线只含目前仍停电的部分。',
}
