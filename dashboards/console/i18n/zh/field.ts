/** Texts of the grid manager's phone (网格经理), in Chinese. */
export const field = {
  region: '网格现场',
  tabs: { outages: '停电', care: '重点客户', waiting: '待发送' },
  offline: '没有连接，录入会保存在本机，恢复后自动发送。',
  known: (age: string) => `以下为 ${age}前的情况。`,
  unsent: (count: number) => `${count} 条待发送`,
  notice: '故障感知信息',
  noNotice: '尚未发布',
  sensitive: (count: number) => `停电范围内敏感客户 ${count} 户`,
  noImportant: '停电范围内没有重要用户',
  tap: '点按查看（脱敏）',
  notFound: '没有取到客户信息，请稍后再试',
  visited: { dark: '已走访：仍停电', live: '已走访：有电' },
  visit: (says: string): string => (says === 'live' ? '走访：有电' : '走访：停电'),
  allSent: '没有待发送的录入',
  problem: {
    stale: '这起停电已有更新，请核对后再发送。',
    refused: '服务器没有接受这一条。',
  },
  again: '按最新内容发送',
  drop: '删除',
}
