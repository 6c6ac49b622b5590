/**
 * Receipts (状态报告): gateways say what became of messages to customers. The door asks for no account of
 * ours but for the signature that the gateway knows from us.
 */
import { z } from 'zod'
import { Problem } from '../problem.ts'
import { type Call, route } from '../route.ts'
import { idParams, instantIn } from '../schemas.ts'
import { RECEIPT_STATES } from '../webhook-port.ts'

/** Ten parcels; with the longest ids it stays far below the limit of a body. */
const MAX_RECEIPTS = 500

const receiptsBody = z
  .strictObject({
    receipts: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(64).describe('of the message, as it stood in the parcel'),
          state: z.enum(RECEIPT_STATES),
          at: instantIn.describe('when it arrived, or was given up'),
        }),
      )
      .min(1)
      .max(MAX_RECEIPTS),
  })
  .meta({ id: 'ReceiptsRequest' })

const receipts = route({
  method: 'POST',
  path: '/api/v1/webhooks/{id}/receipts',
  demand: 'public',
  signed: true,
  summary:
    'What became of messages to customers, by the gateway that took them, signed with its secret',
  params: idParams,
  body: receiptsBody,
  headers: {
    'webhook-id': 'Any id of this request',
    'webhook-timestamp': 'Seconds since 1970, within five minutes of ours',
    'webhook-signature': '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`',
  },
  answers: {
    204: {
      description:
        'Kept. The first word about a message stands, but `delivered` after `failed`; of messages of others and unknown ones nothing is kept',
    },
  },
  async handle(call) {
    const { deps, params, body } = call
    if (!isSigned(call)) throw new Problem('webhook.signature', 'not signed with a secret of it')
    const list = body.receipts.map(({ id, state, at }) => {
      // Clocks of gateways are not ours; nothing arrives in the future.
      return { id, state, at: Math.min(at, deps.now()) }
    })
    await deps.webhooks.receive(params.id, list)
    return { status: 204 }
  },
})

function isSigned({ deps, params, request }: Call<{ id: string }, unknown, unknown>): boolean {
  const header = (name: string) => String(request.headers[name] ?? '')
  return deps.webhooks.isSigned(params.id, {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    body: request.signedText ?? '',
  })
}

export const receiptRoutes = [receipts]
