/** A stage with an agent's desk: customers found by any key, their cards, and one call-back that waits. */
import type { CallBack } from '../../src/http/callback-port.ts'
import type { Card } from '../../src/http/card.ts'
import type { Customer, CustomerQuestion, Subscription } from '../../src/http/ports.ts'
import { consoleStage, type Stage } from './console-stage.ts'
import { callBacksUnasked } from './http-fixture.ts'

/** What the phone of the first customer is in full. */
export const PHONE = '12812345678'
export const MONGOLIAN = 'ᠴᠠᠬᠢᠯᠭᠠᠨ ᠲᠠᠰᠤᠷᠠᠬᠤ 14:05 · 95598'

export interface AgentStage {
  readonly stage: Stage
  /** What was searched for, in order. */
  readonly asked: CustomerQuestion[]
  readonly subscriptions: Subscription[]
  callBack: CallBack
  /** What the card says of a further urge. */
  urging: Card['urging']
}

const customer = (account: string, name: string): Customer => ({
  account,
  meter: `M${account}`,
  usagePoint: '',
  unit: '1501',
  name,
  phones: ['128****5678'],
  address: '安湾市金滩区金泰苑*号楼*单元',
  gridManager: 'WG1',
  important: null,
  sensitivities: [],
  language: 'zh',
  preferences: [],
})

const script = (language: 'zh' | 'en' | 'mn', text: string) => ({
  language,
  text,
  reviewStatus: language === 'mn' ? ('draft' as const) : ('proposed' as const),
  staffOnly: language === 'mn',
})

const WAITING: CallBack = {
  number: 7,
  incident: 'I-0',
  account: '1501',
  unit: '1501',
  owner: null,
  channel: 'phone',
  complained: false,
  openedAt: Date.now(),
  state: 'open',
  takenBy: null,
  takenAt: null,
  attempts: 0,
  satisfaction: null,
  reason: null,
  settledBy: null,
  settledAt: null,
}

export async function agentStage(): Promise<AgentStage> {
  let people: Customer[] = []
  const asked: CustomerQuestion[] = []
  const subscriptions: Subscription[] = []
  const told = { callBack: WAITING, urging: null as Card['urging'] }
  const stage = await consoleStage({
    customers: {
      find: async (question) => {
        asked.push(question)
        if ('phone' in question)
          return { customers: question.phone === PHONE ? people.slice(0, 1) : [], refine: false }
        if ('account' in question)
          return {
            customers: people.filter((one) => one.account === question.account),
            refine: false,
          }
        return { customers: 'q' in question ? people : [], refine: false }
      },
      reveal: async () => ({ name: '王小芳', phones: ['12800005678'], address: '金泰苑3号楼' }),
    },
    card: ({ identityVerified }) => ({
      ...cardOf(stage, identityVerified),
      urging: told.urging,
    }),
    subscriptions: {
      complaintDays: () => 90,
      find: (id) => subscriptions.find((one) => one.id === id),
      ofAccount: (account) => subscriptions.filter((one) => one.account === account),
      ofArea: () => [],
      add: async (one) => void subscriptions.push(one),
      end: async () => {},
      refuse: async () => {},
    },
    callBacks: {
      ...callBacksUnasked(),
      counts: () => ({ waiting: told.callBack.state === 'open' ? 1 : 0, overdue: 0 }),
      page: () => ({
        callBacks: told.callBack.state === 'open' ? [told.callBack] : [],
        cursor: null,
      }),
      one: () => told.callBack,
      take: async (_number, by, at) => {
        told.callBack = { ...told.callBack, state: 'taken', takenBy: by, takenAt: at }
      },
      settle: async ({ as: state, by, at, satisfaction, reason }) => {
        told.callBack = {
          ...told.callBack,
          ...{ state, satisfaction, reason, settledBy: by, settledAt: at },
        }
      },
      script: () => [{ language: 'zh', text: '您好，请问您家现在用电正常吗？' }],
    },
  })
  const point = stage.grid.usagePoints.ids.idOf(0)
  people = [{ ...customer('1501', '王**'), usagePoint: point }, customer('1502', '汪**')]
  return Object.assign(told, { stage, asked, subscriptions })
}

function cardOf(stage: Stage, identityVerified: boolean): Card {
  const now = Date.now()
  const incident = [...stage.incidents.values()][0] ?? null
  return {
    asOf: now,
    stale: false,
    situation: incident ? 'etrKnown' : 'unknown',
    supply: {
      state: 'deenergised',
      probabilityDead: 0.97,
      meterSaid: 'off',
      meterHeardAt: now - 60_000,
      path: [],
    },
    incident,
    changedAt: now - 30_000,
    progress: {
      step: 'onSite',
      of: ['sensed', 'enRoute', 'onSite', 'partiallyRestored', 'restored'],
    },
    restoration: { at: now + 3_600_000, source: 'field', ageMs: 120_000, passed: false },
    plans: [],
    arrears: identityVerified ? 'none' : 'withheld',
    outages: {
      days: 60,
      count: 1,
      listed: [{ incident: 'I-0', from: now - 9e8, to: now - 8.9e8 }],
    },
    contacts: { recent: [], onIncident: 0, urges: 0, repeated: false },
    urging: null,
    messages: [
      {
        ...{ at: now - 300_000, channel: 'sms', template: 'T1', incident: 'I-0' },
        ...{ state: 'delivered', receiptAt: now - 290_000 },
      },
    ],
    scripts: [
      script('zh', '您好，金泰苑停电，抢修人员正在处理，预计15:30左右恢复供电。'),
      script('en', 'Supply is expected back at about 15:30.'),
      script('mn', MONGOLIAN),
    ],
    safety: '如发现断线落地，请勿靠近。',
  }
}
