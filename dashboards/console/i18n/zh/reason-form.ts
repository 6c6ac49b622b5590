/** Texts of suspending, giving back and grading an order, in Chinese. */
import type { ReasonCode, ReasonedAction } from '../../incidents/codes.ts'

export const reasonForm = {
  grade: '调整为',
  reason: '原因',
  reasonOptional: '原因（升级可不填）',
  words: '补充说明（可不填）',
  gradeRequired: '请选择级别',
  reasonRequired: '请选择原因',
  notes: {
    suspend: '挂起后时限照常计算，挂起原因记入工单。',
    return: '退单后由服务调度重新派发。',
    grade: '升级随影响自动进行；降级须由人说明原因。',
  } as Record<ReasonedAction, string>,
  reasons: {
    weather: '恶劣天气',
    materials: '等待物资',
    access: '无法进入现场',
    outageNeeded: '需配合停电',
    safety: '现场有安全风险',
    customerSide: '用户产权设备',
    notOurs: '非本单位管辖',
    duplicate: '重复工单',
    wrongPlace: '地点有误',
    larger: '影响比判断的大',
    smaller: '影响比判断的小',
    importantCustomer: '涉及重要用户',
    publicOpinion: '舆情关注',
    event: '重大活动保电',
    other: '其他',
  } as Record<ReasonCode, string>,
}
