import Type, { type Static } from 'typebox'
import { closed, Id } from './ids.ts'

/** How one location takes leads, beyond its territories and caps. A location without a setting takes all, always. */
export const LocationSetting = Type.Object(
  {
    locationId: Id,
    /** Without one it is always open. */
    calendarId: Type.Optional(Id),
    /** ROUTE_ANYWAY (SLA clock waits for the opening), HOLD_UNTIL_OPEN, OVERFLOW_TO_OPEN; the first where not said. */
    whenClosed: Type.Optional(Type.Enum(['ROUTE_ANYWAY', 'HOLD_UNTIL_OPEN', 'OVERFLOW_TO_OPEN'])),
    /** Services it offers; without the list, all. */
    services: Type.Optional(Type.Array(Id, { maxItems: 1_000 })),
    /** Languages it speaks, lower-case ISO 639-1; without the list, a lead's language is not asked. */
    languages: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z]{2}$' }), { maxItems: 100 })),
    /** Takes leads from this instant on, ISO 8601 with zone. */
    opensAt: Type.Optional(
      Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$' }),
    ),
    /** Takes no lead from outside its own territories. */
    ownTerritoryOnly: Type.Optional(Type.Boolean()),
    /** Takes only leads whose consent is given. */
    consentRequired: Type.Optional(Type.Boolean()),
    /** Takes no lead when none of its users can. */
    userRequired: Type.Optional(Type.Boolean()),
    /** Shrunken conversion rate, 0 to 1, for the strategy `conversion`; without it, that of an average location. */
    conversionRate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  },
  closed,
)
export type LocationSetting = Static<typeof LocationSetting>
