import Type, { type Static } from 'typebox'

/**
 * Before the write: 500, 429, 422, 401, inactive, reset. After it: the answer is never sent (no-answer), the connection is cut
 * (cut-off), a 422 is sent though it is written (refused-but-written). latency delays and lets the next rule speak.
 */
const kinds = [
  '500',
  '429',
  '422',
  '401',
  'inactive',
  'reset',
  'latency',
  'no-answer',
  'cut-off',
  'refused-but-written',
] as const

const Share = Type.Number({ minimum: 0, maximum: 1, default: 1 })

export const FaultRule = Type.Object(
  {
    kind: Type.Enum(kinds),
    /** Method and path as in GHL's OpenAPI document, `POST /contacts/{contactId}/tags`; all when not said. */
    operation: Type.Optional(Type.String()),
    /** Sub-account or company whose token the call has; all when not said. */
    id: Type.Optional(Type.String()),
    share: Share,
    /** How often; for ever when not said. */
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    latencyMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
    retryAfterS: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
)
export type FaultRule = Static<typeof FaultRule>

export const Faults = Type.Object(
  {
    rate500: Type.Number({ minimum: 0, maximum: 1, default: 0 }),
    latencyMs: Type.Number({ minimum: 0, maximum: 60_000, default: 0 }),
    dropWebhookShare: Type.Number({ minimum: 0, maximum: 1, default: 0 }),
    /** GHL's clock is ahead by this. */
    clockSkewMs: Type.Integer({ default: 0 }),
    /** GHL answers 86399. */
    tokenLifeS: Type.Integer({ default: 86_399, minimum: 1 }),
    rules: Type.Array(FaultRule, { default: [] }),
  },
  { additionalProperties: false },
)
export type Faults = Static<typeof Faults>

export const noFaults = (): Faults => ({
  rate500: 0,
  latencyMs: 0,
  dropWebhookShare: 0,
  clockSkewMs: 0,
  tokenLifeS: 86_399,
  rules: [],
})

/** The rules that strike this call, in their order; one with a count is used up by it. */
export function drawFaults(faults: Faults, operation: string, id: string | undefined): FaultRule[] {
  const struck: FaultRule[] = []
  for (const rule of faults.rules) {
    const isMeant = (rule.operation ?? operation) === operation && (rule.id ?? id) === id
    if (!isMeant || rule.count === 0 || (rule.share < 1 && Math.random() >= rule.share)) continue
    if (rule.count !== undefined) rule.count -= 1
    struck.push(rule)
    if (rule.kind !== 'latency') break
  }
  return struck
}
