/** Service levels and the quality record, in Chinese. */
import type { ServiceReason } from '../../../../src/engine/changes.ts'

export const service = {
  level: (level: number) => `服务等级 ${level}`,
  brief: (level: number) => `服${level}`,
  why: (reasons: string) => `服务等级依据：${reasons}。不得告知客户。`,
  reasons: {
    publicOpinion: '舆情关注',
    lifeSupport: '生命支持设备',
    complaint: '曾投诉',
    frequentOutage: '频繁停电',
    urges: '多次催办',
    sensitive: '敏感客户',
    outageWarning: '停电预警',
  } as Record<ServiceReason, string>,
}

export const quality = {
  title: '工单质量记录',
  open: '工单质量记录',
  print: '打印',
  loading: '正在载入记录…',
  failed: '记录没有取到，请重试。',
  signIn: '请先登录控制台，再打开这一页。',
  missing: '没有这起停电，或当前账号不能查看。',
  asOf: (time: string) => `截至 ${time}`,
  late: (count: number) => (count === 0 ? '各环节均按时' : `${count} 个环节超时`),
  csv: '下载表格',
  columns: {
    at: '时间',
    what: '环节',
    by: '经办',
    dueAt: '承诺时限',
    legalDueAt: '法定时限',
    late: '是否超时',
    detail: '说明',
  },
  kinds: {
    state: '过程',
    clock: '时限',
    action: '处置',
    estimate: '预计复电',
    escalation: '提级督办',
  },
  states: {
    started: '停电发生',
    sensed: '系统感知',
    firstCall: '首次来电',
    published: '发布故障感知信息',
    cause: '故障原因',
  } as Record<string, string>,
  inTime: '按时',
  notDue: '未到时限',
  isLate: '超时',
  notDone: '尚未完成',
  notSent: '未单独发送，已报更高一级',
  refused: '未被接受',
  entered: (time: string) => `录入于 ${time}`,
  rule: '系统规则',
  children: '子单',
  contacts: '客户来电来函',
  callBacks: '回访',
  callBacksSaid: (count: number, answered: number, satisfaction: string) =>
    `${count} 件，已答 ${answered} 件，平均满意度 ${satisfaction}`,
  none: '无',
}
