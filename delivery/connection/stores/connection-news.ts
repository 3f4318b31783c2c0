import type { NatsConnection } from '@nats-io/transport-node'
import { subjects } from '../../../contracts/streams.ts'

/** Every delivery process holds tokens in memory: each is told when they are void. */
export const createConnectionNews = (connection: NatsConnection) => ({
  tell: (tenant: string): void => connection.publish(subjects.connectionChanged(tenant)),

  /** @returns stop */
  listen: (forget: (tenant: string) => void): (() => void) => {
    const subscription = connection.subscribe(subjects.anyConnectionChanged, {
      callback: (_error, message) => forget(message.subject.split('.')[1] ?? ''),
    })
    return () => subscription.unsubscribe()
  },
})
