import Type, { type Static } from 'typebox'
import { Expression } from './expression.ts'
import { closed, Id } from './ids.ts'

const LocationIds = Type.Array(Id, { minItems: 1, maxItems: 10_000 })

/**
 * What happens to a lead that no location takes by the plain way. A step that is not described is passed over; every chain
 * ends at HQ.
 */
export const Fallback = Type.Object(
  {
    /** NO_COVERAGE: the nearest location is looked for within these further distances, metres, rising. */
    widenM: Type.Optional(Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 20_000_000 }), { maxItems: 10 })),
    /** ALL_FULL, ALL_CLOSED: these are asked next, by rank; here soft caps yield. */
    overflow: Type.Optional(Type.Object({ locationIds: LocationIds }, closed)),
    /** ALL_FULL, ALL_CLOSED: wait for room or the opening, at most so long; oldest first, before new arrivals. */
    hold: Type.Optional(Type.Object({ minutesMax: Type.Integer({ minimum: 1, maximum: 43_200 }) }, closed)),
    /** Offered to each group in turn: the first claim has it. */
    pond: Type.Optional(
      Type.Object(
        {
          groups: Type.Array(
            Type.Object(
              { id: Id, locationIds: LocationIds, minutes: Type.Integer({ minimum: 1, maximum: 43_200 }) },
              closed,
            ),
            { minItems: 1, maxItems: 20 },
          ),
        },
        closed,
      ),
    ),
    /** NON_GEOGRAPHIC (military post): the location that serves them. */
    nonGeographicTo: Type.Optional(Id),
  },
  closed,
)
export type Fallback = Static<typeof Fallback>

export const Policy = {
  /** Worth of a service: what its leads count in caps of `points` and `value`. */
  services: Type.Optional(
    Type.Array(
      Type.Object(
        {
          id: Id,
          points: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
          value: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
        },
        closed,
      ),
      { maxItems: 1_000 },
    ),
  ),
  /** Which of the form's own fields say the service and the language; `service` and `language` where not said. */
  fields: Type.Optional(
    Type.Object(
      {
        service: Type.Optional(Type.String()),
        language: Type.Optional(Type.String()),
        value: Type.Optional(Type.String()),
      },
      closed,
    ),
  ),
  fallback: Type.Optional(Fallback),
  /** A known person goes to who knows him. On where not said. */
  sticky: Type.Optional(
    Type.Object(
      { enabled: Type.Boolean(), lostDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_650 })) },
      closed,
    ),
  ),
  /** A second form of one person within this time is the same lead; 10 where not said. */
  duplicateMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_080 })),
  /** When is consent given? Without this, always. A lead that may not be contacted is assigned silently or rejected. */
  consent: Type.Optional(
    Type.Object({ given: Type.Optional(Expression), otherwise: Type.Enum(['ASSIGN_SILENTLY', 'REJECT']) }, closed),
  ),
  /** Business minutes of the owner until the first human touch; then the lead goes to the next, at most so often, then HQ. */
  sla: Type.Optional(
    Type.Object(
      {
        minutes: Type.Integer({ minimum: 1, maximum: 43_200 }),
        attemptsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
      },
      closed,
    ),
  ),
  /** A lead counts in `concurrent` until it ends, or for so many days without activity; 30 where not said. */
  concurrentDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  weekStartsOn: Type.Optional(Type.Enum(['mon', 'sun'])),
  /** Shares of users and of `round_robin` locations are made even over this window; month where not said. */
  rotationWindow: Type.Optional(Type.Enum(['day', 'week', 'month'])),
  /** IANA zone of the rule fields `hour` and `weekday`, and of the rotation window; UTC where not said. */
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
}
