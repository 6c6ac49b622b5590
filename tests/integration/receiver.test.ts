/** The receiver of the demonstration: what arrives is shown, once, and never as markup. */
import { expect, test } from 'vitest'
import { startReceiver } from '../../src/app/receiver.ts'

test('a message that comes again is shown once, and its text is only text', async () => {
  const receiver = await startReceiver()
  const message = { id: 'cm_1', account: 'A1', language: 'zh', template: 'T1', text: '<b>停电</b>' }
  const body = JSON.stringify({
    type: 'customer.messages',
    timestamp: '2026-11-22T03:00:00.000Z',
    data: { channel: 'app', subject: 'I000001', messages: [message] },
  })
  for (let n = 0; n < 2; n++)
    expect((await fetch(receiver.hook, { method: 'POST', body })).status).toBe(204)
  const { messages } = (await (await fetch(`${receiver.page}messages`)).json()) as {
    messages: object[]
  }
  expect(messages).toEqual([
    {
      at: '2026-11-22T03:00:00.000Z',
      ...{ channel: 'app', account: 'A1', template: 'T1', text: '<b>停电</b>' },
    },
  ])
  const page = await (await fetch(receiver.page)).text()
  expect(page).toContain('&lt;b&gt;停电')
  expect(page).not.toContain('<b>')
  await receiver.close()
})
