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
  saidi: '今日 SAIDI（低压客户）',
  minutes: (minutes: string) => `${minutes} 分钟/户`,
  age: (age: string) => `数据 ${age}前`,
  noHistory: '此前一小时的数据没有取到，曲线只含目前仍停电的部分。',
}
