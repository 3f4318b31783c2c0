import Type, { type Static } from 'typebox'

const Share = (value: number) => Type.Number({ minimum: 0, maximum: 1, default: value })

export const TrafficRequest = Type.Object(
  {
    ratePerS: Type.Number({ exclusiveMinimum: 0, maximum: 20_000 }),
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    forS: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Every so many seconds so many slots at once, on top of the rate. */
    bursts: Type.Optional(
      Type.Object({
        everyS: Type.Number({ exclusiveMinimum: 0 }),
        size: Type.Integer({ minimum: 1, maximum: 10_000 }),
      }),
    ),
    duplicateShare: Share(0.02),
    badSignatureShare: Share(0),
    unknownShare: Share(0),
    reorderShare: Share(0.02),
    workflowShare: Share(0),
    workflowUrl: Type.Optional(Type.String()),
    workflowSecret: Type.Optional(Type.String()),
    timeScale: Type.Number({ minimum: 0, maximum: 10, default: 0.01 }),
  },
  { additionalProperties: false },
)
export type Traffic = Static<typeof TrafficRequest>
