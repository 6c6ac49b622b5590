/** Texts of visits to life support (走访) and contacts with important customers (联系), in Chinese. */
import type { VisitEnd, VisitReason } from '../../../../src/engine/service/visit-change.ts'
import type { VisitOutcome } from '../../../../src/facts/visits.ts'

export const visits = {
  heading: '客户走访与联系',
  reasons: { lifeSupport: '生命支持', important: '重要用户' } as Record<VisitReason, string>,
  waiting: (waiting: number, overdue: number) =>
    overdue === 0 ? `待走访联系 ${waiting} 户` : `待走访联系 ${waiting} 户，其中超时 ${overdue} 户`,
  none: '没有待走访联系的客户',
  failed: '没有连接，待走访客户连接后可见。',
  left: (duration: string) => `还剩 ${duration}`,
  late: (duration: string) => `已超时 ${duration}`,
  owner: (who: string) => `网格经理 ${who}`,
  taken: (who: string) => `${who} 前往`,
  open: '未指派',
  take: '我去',
  notYours: '已有他人前往，或已不需要走访',
  settle: '登记走访结果',
  settleOf: (place: string) => `走访结果 · ${place}`,
  kept: (outcome: string) => `走访结果：${outcome}`,
  by: (who: string) => `登记人 ${who}`,
  note: '说明',
  noteNeeded: '选择“其他”时请写明情况',
  outcomes: {
    seen: '已上门，情况正常',
    phoned: '已电话联系',
    generatorBrought: '已送应急电源',
    movedToHospital: '已送医',
    ownSupply: '自有备用电源可用',
    notAtHome: '家中无人',
    refused: '客户谢绝',
    other: '其他',
    restored: '已复电，不再需要',
    withdrawn: '停电信息已撤销，不再需要',
    notSensitive: '已不属需走访联系的客户',
  } as Record<VisitOutcome | VisitEnd, string>,
}
