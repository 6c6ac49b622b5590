/** Texts of terminals that chatter, in Chinese. */
export const chatter = {
  heading: '频繁上报的终端',
  none: '最近一天没有终端频繁上报',
  share: (online: string, offline: string, unknown: string) =>
    `在线率 · 在线 ${online}，离线 ${offline}，链路未知 ${unknown}`,
  columns: ['终端', '线路', '最近上报', '内容', '同线路', '链路', '停电上报率', '最后一次'],
  within: (count: number, span: string) => `${span}内 ${count} 次`,
  alternates: '停电与复电交替',
  repeats: '重复同一内容',
  alone: '仅此一台',
  besides: (count: string) => `另有 ${count} 台，可能是线路`,
  falsely: (count: number) => `误报 ${count}`,
  all: '全部终端',
}
