import Type, { type Static } from 'typebox'
import { Calendar } from './calendar.ts'
import { Cap } from './cap.ts'
import { closed, Id } from './ids.ts'
import { LocationSetting } from './location-setting.ts'
import { Policy } from './policy.ts'
import { RuleGroup, ScoreRules } from './rule.ts'
import { Territory } from './territory.ts'

export const strategies = ['balanced', 'nearest', 'round_robin', 'least_loaded', 'conversion'] as const
export const Strategy = Type.Enum(strategies)
export type Strategy = Static<typeof Strategy>

/**
 * The document that decides: immutable once published, named by the sha256 of its canonical JSON (RFC 8785). Facts of
 * locations and users are copied in when it is published, so that a decision can be replayed after one has moved. All
 * sections but the first four may be left out.
 */
export const RulesetDocument = Type.Object(
  {
    version: Type.Literal(1),
    tenant: Id,
    /** How candidates inside one tier are ranked. */
    strategy: Type.Object({ exclusive: Strategy, shared: Strategy, nearest: Strategy }, closed),
    /** Outside every territory a lead may go to the nearest location up to this distance, metres. 0 turns it off. */
    nearestMaxM: Type.Number({ minimum: 0, maximum: 20_000_000 }),
    territories: Type.Array(Territory, { maxItems: 100_000 }),
    caps: Type.Array(Cap, { maxItems: 100_000 }),
    calendars: Type.Optional(Type.Array(Calendar, { maxItems: 10_000 })),
    locationSettings: Type.Optional(Type.Array(LocationSetting, { maxItems: 100_000 })),
    rules: Type.Optional(Type.Array(RuleGroup, { maxItems: 1_000 })),
    score: Type.Optional(ScoreRules),
    ...Policy,
  },
  closed,
)
export type RulesetDocument = Static<typeof RulesetDocument>
