import Type, { type Static } from 'typebox'

export const deadLetterStages = ['router', 'delivery', 'analytics'] as const

/** What stands on `dlq.<stage>.<tenant>`: a message that a stage gave up, with all that a redrive needs. */
export const DeadLetter = Type.Object({
  stage: Type.Enum(deadLetterStages),
  /** Subject and stream sequence of the message that was given up. */
  subject: Type.String(),
  streamSequence: Type.Integer(),
  /** Stable, for programs; `detail` is for people. */
  code: Type.String(),
  detail: Type.String(),
  /** ISO 8601. */
  failedAt: Type.String(),
  /** The message as it came: a poisoned one need not be JSON, or text. */
  payloadBase64: Type.String(),
})
export type DeadLetter = Static<typeof DeadLetter>
