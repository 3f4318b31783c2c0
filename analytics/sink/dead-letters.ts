import type { DeadLetter } from '../../contracts/dead-letter.ts'
import { subjects, unknownToken } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Refused } from '../steps/to-batch.ts'

/**
 * Sets messages aside that can never be rows and waits for the acknowledgement of each. The message id keeps a second try from
 * setting one aside twice.
 */
export async function publishDeadLetters(
  nats: Nats,
  stream: string,
  created: string,
  refused: Refused[],
): Promise<void> {
  for (const { message, code, detail } of refused) {
    const letter: DeadLetter = {
      ...{ stage: 'analytics', subject: message.subject, streamSequence: message.seq },
      code,
      detail,
      // The sink has no clock: a batch that is cut again writes the same letter.
      failedAt: message.at,
      payloadBase64: Buffer.from(message.bytes).toString('base64'),
    }
    const tenant = message.subject.split('.')[1] ?? unknownToken
    await nats.jetstream.publish(subjects.deadLetter('analytics', tenant), JSON.stringify(letter), {
      msgID: `analytics:${stream}@${created}:${message.seq}`,
    })
  }
}
