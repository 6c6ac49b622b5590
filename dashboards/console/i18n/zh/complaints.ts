/** Texts of complaints that wait for their answer (投诉答复), in Chinese. */
import type { ComplaintReason, Resolution } from '../../api/complaints.ts'

export const complaints = {
  heading: '投诉答复',
  waiting: (waiting: number, overdue: number) =>
    `待答复投诉 ${waiting} 件${overdue > 0 ? `，超时 ${overdue} 件` : ''}`,
  of: (account: string) => `户号 ${account}`,
  due: '答复时限',
  level: (level: number) => (level === 0 ? '已提醒' : `已督办至 L${level}`),
  answer: '登记答复',
  how: '答复结果',
  done: '答复已登记',
  failed: '没有登记：可能已由他人答复',
  reasons: {
    frequentOutage: '停电频繁',
    longOutage: '停电时间长',
    lateArrival: '到达不及时',
    noInformation: '没有告知',
    wrongInformation: '信息不准',
    attitude: '服务态度',
    plannedWork: '计划停电',
    other: '其他',
  } as Record<ComplaintReason, string>,
  resolutions: {
    resolved: '已解决',
    explained: '已解释，客户认可',
    planned: '已列入治理计划',
    compensated: '已赔偿',
    unfounded: '不属实',
    withdrawn: '客户撤回',
  } as Record<Resolution, string>,
}
