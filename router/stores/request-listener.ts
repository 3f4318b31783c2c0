import type { NatsConnection } from '@nats-io/transport-node'
import type { RouterReply } from '../../contracts/router-request.ts'
import { subjects } from '../../contracts/streams.ts'

/** Each request is answered by one of the routers. @returns stop */
export function listenForRequests(
  connection: NatsConnection,
  answer: (body: string) => Promise<RouterReply>,
): () => Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  const subscription = connection.subscribe(subjects.routerRequest, {
    queue: 'router',
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
    await Promise.all(underWay)
  }
}
