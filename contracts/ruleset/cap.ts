import Type, { type Static } from 'typebox'
import { closed, Id } from './ids.ts'

export const capWindows = ['hour', 'day', 'week', 'month', 'total', 'concurrent'] as const
/** `rollingDays: 7` counts today and the six local days before it. */
export const CapWindow = Type.Union([
  Type.Enum(capWindows),
  Type.Object({ rollingDays: Type.Integer({ minimum: 2, maximum: 92 }) }, closed),
])
export type CapWindow = Static<typeof CapWindow>

/** `points` and `value` are those of the lead's service; a lead counts 1 in `leads`. */
export const CapMetric = Type.Enum(['leads', 'points', 'value'])
export type CapMetric = Static<typeof CapMetric>

/** How much one location or one of its users may take. A place may have many; all must have room. */
export const Cap = Type.Object(
  {
    locationId: Id,
    /** With it, the cap is of this user at this location. */
    userId: Type.Optional(Id),
    metric: CapMetric,
    window: CapWindow,
    /** null = unlimited, 0 = closed. */
    limit: Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()]),
    /** Counts only leads of this source and service. */
    scope: Type.Optional(
      Type.Object({ source: Type.Optional(Type.String({ maxLength: 200 })), service: Type.Optional(Id) }, closed),
    ),
    /** A soft cap (false) yields when every location is full and the chain reaches `overflow`. Hard where not said. */
    hard: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type Cap = Static<typeof Cap>
