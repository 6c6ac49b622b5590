/** What the console makes of a notice: every field of `domain.md` §4.1, and what is not known yet. */
import { expect, test } from 'vitest'
import type { NoticePayload } from '../../../dashboards/console/api/notices.ts'
import { en } from '../../../dashboards/console/i18n/en.ts'
import { formatOf } from '../../../dashboards/console/i18n/format.ts'
import { type Catalogue, zhCN } from '../../../dashboards/console/i18n/zh-CN.ts'
import { namesOf } from '../../../dashboards/console/incidents/names.ts'
import { noticeGroups } from '../../../dashboards/console/notices/noticeGroups.ts'
import { wholeNotice } from '../../support/whole-notice.ts'

const said = (notice: NoticePayload, text: Catalogue) =>
  new Map(noticeGroups(notice, namesOf(null), text, formatOf(text)).flatMap(({ lines }) => lines))

test('every field of the notice is said, in Chinese', () => {
  const lines = said(wholeNotice(), zhCN)
  const { format } = { format: formatOf(zhCN) }
  expect(Object.fromEntries(lines)).toMatchObject({
    编号: 'GZ20261122150100007',
    停电编号: 'I000042，第 5 版',
    信息状态: '已变更',
    母单编号: 'GZ20261122150100001',
    送达: '服务调度、配网调度、网格经理',
    规则版本: '2026.1',
    首先来自: '配电自动化',
    把握: '97%',
    召测结果: '召测 6 点，应答 4 点',
    停电类型: '故障停电',
    故障层级: '支线',
    故障级别: 'Ⅱ级 紧急',
    紧急程度: '紧急',
    停电相别: '三相',
    变电站: '城东站',
    线路: '城东线',
    供电路径: '城东出线 › 城东分段',
    故障设备: '东支线 · 跌落熔断器 D1',
    台区: '东一台区（公变 315 kVA）、水厂（专变）',
    保护动作: `动作，${format.time('2026-11-22T02:58:00Z')}`,
    重合闸: '不成功',
    供电单位: '1501',
    '乡镇（街道）': '城关镇（96 户）',
    住宅小区: '城关镇锦安苑（60 户）、城关镇和平里（30 户）',
    地址范围: '新城区翠安路（24 户）',
    医院: '1 家：城关镇医院',
    学校: '2 家',
    低压客户: '120 户',
    '公变 / 专变': '1 / 1',
    重要用户: '一级重要用户 1 户',
    敏感客户: '3 户',
    停电时间: format.time('2026-11-22T02:58:00Z'),
    感知时间: format.time('2026-11-22T02:58:20Z'),
    生成时间: format.time('2026-11-22T02:59:00Z'),
    发布时间: `${format.time('2026-11-22T03:02:00Z')} · 按规则发布`,
    变更时间: format.time('2026-11-22T03:50:00Z'),
    计划时段: `${format.about('2026-11-22T01:00:00Z')} 至 ${format.about('2026-11-22T02:30:00Z')}`,
    预计复电: `${format.about('2026-11-22T06:30:00Z')} · 现场回报`,
    到达现场: format.time('2026-11-22T03:40:00Z'),
    首批送电: format.time('2026-11-22T05:00:00Z'),
    故障原因: 'B21（现场确认）',
    原因确认: 'li · 抢修班组',
    处理措施: `更换电杆（${format.time('2026-11-22T05:10:00Z')}）、更换熔断器（${format.time('2026-11-22T05:40:00Z')}）`,
    材料: `电杆 1 根（${format.time('2026-11-22T05:10:00Z')}）`,
    现场情况: '倒杆',
    抢修班组: 'C-07',
    抢修进度: '部分送电',
    送电情况: '部分送电',
    现场照片: `2 张，最近 ${format.time('2026-11-22T03:45:00Z')}`,
    订阅客户: `80 户（${format.about('2026-11-22T03:10:00Z')} 统计）`,
    推送合计: '已发 76 条，其中送达 60；失败 3，待发 1',
    'T1 已感知，短信': '已发 75 条，其中送达 60；失败 3，待发 1',
    最近推送: format.time('2026-11-22T03:41:00Z'),
  })
  expect(lines.get('预计变更')).toContain('、')
  expect(lines.has('村（社区）')).toBe(false)
})

test('planned work at short notice, and reclosing out of service or unknown, are said so', () => {
  const plannedPeriod = {
    start: '2026-11-22T01:00:00Z',
    end: '2026-11-22T02:30:00Z',
    temporary: true,
  }
  const trip = { at: '2026-11-22T02:58:00Z', protection: true, reclosing: 'off' as const }
  const lines = said(wholeNotice({ plannedPeriod, trip }), zhCN)
  expect(lines.has('计划时段')).toBe(false)
  expect(lines.get('临时停电时段')).toContain('至')
  expect(lines.get('重合闸')).toBe('未投')
  expect(said(wholeNotice({ trip: null }), zhCN).get('重合闸')).toBe('未知')
})

test('what is not known is said as such, and a number only where there is one', () => {
  const empty = wholeNotice({
    ...{ no: null, parentNo: null, verification: null, trip: null, path: [], area: null },
    ...{ plannedPeriod: null, etrRevisions: [], firstRestoredAt: null, causeKnown: null },
    ...{ site: null, substation: null, transformers: [], importantUsers: [], sensitiveCount: 0 },
    ...{ publicTransformers: 0, dedicatedTransformers: 0, publishedAt: null, publishedBy: null },
    ...{ arrivedAt: null, restoredAt: null, etr: null, etrSource: 'none', cause: null, crew: null },
    push: {
      ...{ subscribers: null, countedAt: null, lastAt: null, lines: [] },
      total: { waiting: 0, sent: 0, delivered: 0, failed: 0 },
    },
    ...{ photos: { count: 0, lastAt: null }, places: [] },
  })
  const lines = said(empty, en)
  for (const field of [
    'Number',
    'Places',
    'Call-reads',
    'Published at',
    'Arrived at',
    'On site',
    'Cause',
  ])
    expect(lines.get(field), field).toBeNull()
  expect(lines.get('Protection')).toBe('automation told nothing')
  expect(lines.get('Transformers')).toBe('none')
  expect(lines.get('Asked to be told')).toBe('not counted yet')
  expect(lines.get('Messages in all')).toBe('none')
  expect(lines.get('Photos')).toBe('none')
})

test('of many transformers some are named and all are counted', () => {
  const transformers = Array.from({ length: 40 }, (_, i) => {
    return { id: `T${i}`, name: '', dedicated: false, kva: null }
  })
  const notice = wholeNotice({ transformers: transformers as never, publicTransformers: 300 })
  const line = said(notice, en).get('Transformers')!
  expect(line.split(', ')).toHaveLength(12)
  expect(line).toContain('… 301 in all')
})
