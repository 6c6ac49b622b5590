/** A notice with every field filled, as `GET /incidents/{id}/notice` gives it. */
import type { NoticePayload } from '../../dashboards/console/api/notices.ts'

export function wholeNotice(over: Partial<NoticePayload> = {}): NoticePayload {
  const at = (time: string) => `2026-11-22T${time}Z`
  const whole = {
    no: 'GZ20261122150100007',
    incident: 'I000042',
    revision: 5,
    status: 'changed',
    parentNo: 'GZ20261122150100001',
    ruleVersion: '2026.1',
    trigger: 'automation',
    probability: 0.97,
    outageType: 'fault',
    level: 'branch',
    grade: 2,
    urgency: 'urgent',
    device: { id: 'D1', type: 'fuse', name: '东支线' },
    verification: { state: 'answered', asked: 6, answered: 4 },
    trip: { at: at('02:58:00'), protection: true, reclosing: 'failed' },
    path: [
      { id: 'B1', type: 'breaker', name: '城东出线' },
      { id: 'S1', type: 'switch', name: '城东分段' },
    ],
    area: [
      [111.6, 40.8],
      [111.612, 40.8],
      [111.616, 40.806],
      [111.604, 40.81],
      [111.6, 40.8],
    ],
    plannedPeriod: { start: at('01:00:00'), end: at('02:30:00') },
    etrRevisions: [
      { etr: at('05:30:00'), at: at('03:41:00'), reasonCode: null },
      { etr: at('06:30:00'), at: at('04:30:00'), reasonCode: null },
    ],
    firstRestoredAt: at('05:00:00'),
    causeKnown: 'confirmed',
    site: 'fallenPole',
    phases: 'ABC',
    unit: '1501',
    substation: '城东站',
    feeder: '城东线',
    transformers: [
      { id: 'X1', name: '东一台区', dedicated: false, kva: 315 },
      { id: 'X2', name: '水厂', dedicated: true, kva: null },
    ],
    publicTransformers: 1,
    dedicatedTransformers: 1,
    customers: 120,
    importantUsers: [{ usagePoint: 'U-77', importance: 'first' }],
    importantCount: 1,
    sensitiveCount: 3,
    startedAt: at('02:58:00'),
    sensedAt: at('02:58:20'),
    proposedAt: at('02:59:00'),
    publishedAt: at('03:02:00'),
    publishedBy: 'rule',
    arrivedAt: at('03:40:00'),
    restoredAt: null,
    etr: at('06:30:00'),
    etrSource: 'field',
    cause: 'B21',
    crew: 'C-07',
    stage: 'partiallyRestored',
    restored: 'part',
    routes: ['serviceDispatcher', 'networkDispatcher', 'gridManager'],
    push: {
      subscribers: 80,
      countedAt: at('03:10:00'),
      total: { waiting: 1, sent: 16, delivered: 60, failed: 3 },
      lastAt: at('03:41:00'),
      lines: [
        { channel: 'sms', template: 'T1', waiting: 1, sent: 14, delivered: 60, failed: 3 },
        // Another wording of the same text.
        { channel: 'sms', template: 'T1-verifying', waiting: 0, sent: 1, delivered: 0, failed: 0 },
        { channel: 'app', template: 'T3', waiting: 0, sent: 1, delivered: 0, failed: 0 },
      ],
    },
    places: [
      { name: '新城区锦安苑', customers: 96 },
      { name: '新城区翠安路', customers: 24 },
    ],
    photos: { count: 2, lastAt: at('03:45:00') },
    ...over,
  }
  return whole as unknown as NoticePayload
}
