import { setTimeout as delay } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import type { DeliveryReply } from '../../../contracts/delivery-request.ts'
import { subjects } from '../../../contracts/streams.ts'

/**
 * Each request is answered by one of the delivery processes. @returns stop, which lets those under way end, for `stopMsMax`
 * at most: reading ten thousand sub-accounts takes minutes, and whoever asked can ask again.
 */
export function listenForRequests(
  connection: NatsConnection,
  answer: (body: string) => Promise<DeliveryReply>,
  stopMsMax: number,
): () => Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  const subscription = connection.subscribe(subjects.deliveryRequest, {
    queue: 'delivery',
    callback: (_error, message) => {
      const done = answer(message.string())
        .then((reply) => message.respond(JSON.stringify(reply)))
        .catch(() => undefined)
        .finally(() => underWay.delete(done))
      underWay.add(done)
    },
  })
  return async () => {
    subscription.unsubscribe()
    await Promise.race([Promise.all(underWay), delay(stopMsMax, undefined, { ref: false })])
  }
}
