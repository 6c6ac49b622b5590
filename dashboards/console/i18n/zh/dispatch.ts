/** Texts of the dispatcher's further views and forms, in Chinese. */

export const diagram = {
  region: '馈线单线图',
  feeder: '选择线路',
  out: (count: string) => `停 ${count} 户`,
  dark: '停电部分',
  likely: '判断断开',
  tie: '联络开关',
  tieTo: (feeder: string) => `至 ${feeder}`,
  tieNowhere: '对侧无电源',
  refed: {
    key: '转供部分',
    from: (feeder: string) => `由 ${feeder} 转供`,
    to: (feeder: string) => `转供 ${feeder}`,
    region: '转供',
    /** Follows the name of the feeder, which leads there. */
    feedsHere: (tie: string, customers: string) => `经「${tie}」转供本线路 ${customers} 户`,
    fedHere: (tie: string, customers: string) => `有 ${customers} 户经「${tie}」由本线路供电`,
  },
  tieSuspected: (share: string) => `疑似已合闸 ${share}`,
  why: '研判依据',
  calm: '这条线路没有停电',
  none: '没有单线图数据',
  probability: (share: string) => `断开的把握 ${share}`,
  folded: (count: number, customers: string) => `台区 ×${count}，${customers} 户`,
  views: { label: '显示方式', drawing: '图形', list: '清单' },
  seeList: '馈线单线图，内容与清单相同，可切换到清单阅读',
  list: {
    caption: (count: number) => `馈线设备清单，共 ${count} 行，自电源侧起`,
    columns: {
      device: '设备',
      position: '位置',
      evidence: '依据',
      open: '断开的把握',
      dead: '其下停电的把握',
      customers: '其下客户',
    },
    level: (depth: number) => `第 ${depth} 级`,
    more: (count: number) => `另有 ${count} 条`,
    none: '无',
  },
}

export const noticePage = {
  filter: '状态',
  none: '没有故障感知信息',
  no: '编号',
  state: '状态',
  grade: '级别',
  device: '设备与单位',
  scope: '范围',
  important: '重点客户',
  published: '发布',
  waiting: '待确认',
  by: { staff: '人工发布', rule: '按规则发布' },
  range: (own: string, dedicated: string, customers: string) =>
    `公变 ${own} · 专变 ${dedicated} · ${customers} 户`,
  care: (important: number, sensitive: number) => `重要 ${important} · 敏感 ${sensitive}`,
}

export const entry = {
  plan: '录入停电计划',
  switching: '录入开关操作',
  id: '计划编号',
  kind: '类型',
  devices: '设备编号（多个用逗号分开）',
  usagePoints: '单个用电点编号（多个用逗号分开）',
  device: '开关编号',
  position: '操作后位置',
  reclosing: '重合闸',
  reclosingAsBefore: '不变',
  reclosingOn: '投入',
  reclosingOff: '退出',
  from: '开始',
  to: '结束',
  at: '时间（留空为现在，可以预定）',
  save: '保存',
  saved: (id: string) => `${id} 已录入`,
  incomplete: '请填写完整；停电计划至少填写设备或用电点之一。',
  problems: {
    'plan.window': '起止时间不对：结束须晚于开始和现在，且不能过长。',
    'plan.place': '换表装拆只能填配变、低压设备或用电点。',
    'device.unknown': '没有这个设备，或不在本账号的单位内。',
    'usagePoint.unknown': '没有这个用电点，或不在本账号的单位内。',
    'plan.taken': '这个编号已被其他单位使用。',
    'switching.time': '时间太早或太远。',
    'auth.forbidden': '当前账号没有这项权限。',
  } as Record<string, string>,
}

export const workOrder = {
  print: '打印工单',
  title: '抢修工单',
  printed: (time: string) => `打印时间 ${time}`,
  site: '现场情况',
  materials: '材料与措施',
  arrived: '到达时间',
  restored: '送电时间',
  signed: '签字',
}

export const crews = {
  /** Beside the mark on the map. */
  mark: (name: string, age: string) => `${name} · ${age}前`,
  metres: (count: string) => `${count} 米`,
  kilometres: (count: string) => `${count} 公里`,
  away: (distance: string) => `距故障点 ${distance}`,
  seen: (age: string) => `${age}前的位置`,
  unseen: '暂无位置',
  busy: '班组，有任务',
  free: '班组，待命',
}
