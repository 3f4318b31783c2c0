import { Compile } from 'typebox/compile'
import { type Connection, DeliveryReply, DeliveryRequest } from '../../contracts/delivery-request.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

export type PretendDelivery = { asked: DeliveryRequest[]; stop: () => void }

/** Answers what the directory asks, by the contract in both directions; a breach of it is told to the test. */
export function pretendDelivery(nats: Nats, answer: (request: DeliveryRequest) => DeliveryReply): PretendDelivery {
  const asked: DeliveryRequest[] = []
  const isRequest = Compile(DeliveryRequest)
  const isReply = Compile(DeliveryReply)
  const subscription = nats.connection.subscribe(subjects.deliveryRequest, {
    queue: 'delivery',
    callback: (_error, message) => {
      const request = message.json<DeliveryRequest>()
      if (!isRequest.Check(request)) throw new Error(`no delivery request: ${JSON.stringify(request)}`)
      asked.push(request)
      const reply = answer(request)
      if (!isReply.Check(reply)) throw new Error(`no delivery reply: ${JSON.stringify(isReply.Errors(reply)[0])}`)
      message.respond(JSON.stringify(reply))
    },
  })
  return { asked, stop: () => subscription.unsubscribe() }
}

export const connectionFor = (tenant: string, change: Partial<Connection> = {}): DeliveryReply => ({
  kind: 'connection',
  connection: {
    ...{ tenant, name: 'Acme', state: 'connected', connectedAt: '2026-06-01T10:00:00.000Z', disconnectedAt: null },
    ...{ fault: null, budget: { per10s: 93, today: 199_000 } },
    ...change,
  },
})
