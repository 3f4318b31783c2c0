/** What an operator finds on `dlq.delivery.<tenant>`, and what a redrive sends again. */
export type DeadLetter = {
  stage: 'delivery'
  /** Subject and stream sequence of the message that was given up. */
  subject: string
  streamSequence: number
  code: string
  detail: string
  failedAt: string
  /** The message as it came, base64: a poisoned one need not be JSON, or text. */
  payloadBase64: string
}

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
