import type { DeadLetter } from '../../../contracts/dead-letter.ts'
import type { Delivery } from '../../../contracts/delivery.ts'
import { subjects } from '../../../contracts/streams.ts'
import type { Nats } from '../../../kernel/nats.ts'

export type Publisher = {
  /** Resolves when the stream holds it. The message id makes a second publishing a no-op. */
  delivery: (delivery: Delivery) => Promise<void>
  deadLetter: (tenant: string, letter: DeadLetter) => Promise<void>
}

export function createPublisher(nats: Nats): Publisher {
  return {
    delivery: async (delivery) => {
      const { leadId, attempt, tenant, locationId, state } = delivery
      await nats.jetstream.publish(subjects.delivery(tenant, locationId, state), JSON.stringify(delivery), {
        msgID: `${leadId}:${attempt}:${state}`,
      })
    },
    deadLetter: async (tenant, letter) => {
      await nats.jetstream.publish(subjects.deadLetter('delivery', tenant), JSON.stringify(letter), {
        msgID: `delivery:${letter.subject}:${letter.streamSequence}`,
      })
    },
  }
}
