import Type, { type Static } from 'typebox'
import { Expression } from './expression.ts'
import { closed, Id } from './ids.ts'

/** Locations, by id or by region. */
export const Target = Type.Object(
  {
    locationIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000 })),
    regionIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1_000 })),
  },
  { ...closed, minProperties: 1 },
)
export type Target = Static<typeof Target>

const Text = Type.String({ minLength: 1, maxLength: 200 })
export const RuleAction = Type.Union([
  /** Gives the lead a field that later rules and filters see. */
  Type.Object(
    {
      set: Type.Object(
        {
          service: Type.Optional(Id),
          language: Type.Optional(Text),
          value: Type.Optional(Type.Number({ minimum: 0 })),
        },
        { ...closed, minProperties: 1 },
      ),
    },
    closed,
  ),
  /** Only these may have it. */
  Type.Object({ require: Target }, closed),
  Type.Object({ exclude: Target }, closed),
  /** Multiplies the score of these in strategies that weigh; in `nearest`, divides their distance. */
  Type.Object({ prefer: Target, factor: Type.Number({ exclusiveMinimum: 0, maximum: 1_000 }) }, closed),
  /** The tier `explicit`: before all others; the next tiers take over when it cannot. */
  Type.Object({ routeTo: Id }, closed),
  Type.Object({ hold: Type.Object({ minutes: Type.Integer({ minimum: 1, maximum: 43_200 }) }, closed) }, closed),
  Type.Object({ reject: Text }, closed),
])
export type RuleAction = Static<typeof RuleAction>

export const Rule = Type.Object({ id: Id, name: Type.Optional(Text), when: Expression, do: RuleAction }, closed)
export type Rule = Static<typeof Rule>

/** Groups run in order. In `first` the first rule that matches decides the group; in `all` every match contributes. */
export const RuleGroup = Type.Object(
  { id: Id, match: Type.Enum(['first', 'all']), rules: Type.Array(Rule, { maxItems: 10_000 }) },
  closed,
)
export type RuleGroup = Static<typeof RuleGroup>

/** The score is the sum of what matches, between 0 and 100. */
export const ScoreRules = Type.Object(
  {
    base: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    rules: Type.Array(
      Type.Object({ id: Id, when: Expression, points: Type.Number({ minimum: -100, maximum: 100 }) }, closed),
      { maxItems: 1_000 },
    ),
    /** Points for each kind of fact that has happened to the lead. */
    engagement: Type.Optional(
      Type.Object(
        {
          replied: Type.Optional(Type.Number()),
          contacted: Type.Optional(Type.Number()),
          appointment: Type.Optional(Type.Number()),
        },
        closed,
      ),
    ),
    /** Contributions of engagement halve in so many days since the fact. */
    halfLifeDays: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_650 })),
  },
  closed,
)
export type ScoreRules = Static<typeof ScoreRules>
