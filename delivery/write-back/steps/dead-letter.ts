import type { DeadLetter } from '../../../contracts/dead-letter.ts'

export type GivenUp = { subject: string; streamSequence: number; bytes: Uint8Array }

export function deadLetter(message: GivenUp, code: string, detail: string, failedAt: string): DeadLetter {
  return {
    stage: 'delivery',
    subject: message.subject,
    streamSequence: message.streamSequence,
    code,
    detail: detail.slice(0, 500),
    failedAt,
    payloadBase64: Buffer.from(message.bytes).toString('base64'),
  }
}
