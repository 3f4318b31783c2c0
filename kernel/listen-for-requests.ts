import { setTimeout as delay } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'

export type RequestListenerOptions = {
  subject: string
  /** Of the processes that listen under one queue name, one gets each request. */
  queue: string
  /** From the request's text to what is sent back as JSON; a throw sends nothing, and whoever asked waits in vain. */
  answer: (body: string) => Promise<unknown>
  /** How long a stop waits for answers under way; what takes longer can be asked again. */
  stopMsMax: number
}

/** Answers requests of core NATS. @returns stop */
export function listenForRequests(connection: NatsConnection, options: RequestListenerOptions): () => Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  const subscription = connection.subscribe(options.subject, {
    queue: options.queue,
    callback: (_error, message) => {
      const done = options
        .answer(message.string())
        .then((reply) => message.respond(JSON.stringify(reply)))
        .catch(() => undefined)
        .finally(() => underWay.delete(done))
      underWay.add(done)
    },
  })
  return async () => {
    subscription.unsubscribe()
    await Promise.race([Promise.all(underWay), delay(options.stopMsMax, undefined, { ref: false })])
  }
}
