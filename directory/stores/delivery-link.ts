import { RequestError, TimeoutError } from '@nats-io/transport-node'
import type { DeliveryReply, DeliveryRequest } from '../../contracts/delivery-request.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

/** Asks whichever delivery process is free. @returns null when none answers in time. */
export type AskDelivery = (request: DeliveryRequest) => Promise<DeliveryReply | null>

/** Delivery asks GHL, within GHL's limits: some pages of sub-accounts, or a comparison of all intakes, take their time. */
const answerWithinMs: Record<DeliveryRequest['kind'], number> = {
  connection: 5_000,
  disconnect: 10_000,
  connect: 30_000,
  'test-notice': 30_000,
  'sub-accounts': 120_000,
  reconcile: 120_000,
  'mark-erased': 60_000,
}

export const createAskDelivery =
  (nats: Nats, limitsMs: Partial<typeof answerWithinMs> = {}): AskDelivery =>
  async (request) => {
    const timeout = limitsMs[request.kind] ?? answerWithinMs[request.kind]
    const reply = await nats.connection
      .request(subjects.deliveryRequest, JSON.stringify(request), { timeout })
      .catch((error: Error) => {
        if (error instanceof TimeoutError || error instanceof RequestError) return null
        throw error
      })
    return reply?.json<DeliveryReply>() ?? null
  }
