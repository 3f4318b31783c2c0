import Type, { type Static } from 'typebox'

/** What a row of figures may be about. */
export const dimensions = ['location', 'region', 'source', 'campaign', 'user', 'hour'] as const
export type Dimension = (typeof dimensions)[number]

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Of which thing the figures are: an id of the dimension, empty where the leads name none, with its name of today. */
const Subject = Type.Object({ id: Type.String(), name: Type.String(), regionId: nullable(Type.String()) })

const head = {
  window: Type.String(),
  by: Type.Enum([...dimensions]),
  asOf: Type.String(),
}
const nextCursor = Type.Optional(nullable(Type.String()))

/** Of the leads created in the window and assigned: how soon a person of the location contacted them. */
const Speed = Type.Object({
  leads: Type.Integer(),
  contacted: Type.Integer(),
  /** Seconds from created to contacted, median and 90th percentile of the contacted; null when none is. */
  p50S: nullable(Type.Number()),
  p90S: nullable(Type.Number()),
  /** Leads contacted within 5 minutes / leads, 0 to 1; null without leads. */
  under5m: nullable(Type.Number()),
})
export const SpeedToLead = Type.Object({
  metric: Type.Literal('speed-to-lead'),
  /** By the clock, or in open hours of the location. */
  definition: Type.Enum(['wall', 'business']),
  ...head,
  total: Speed,
  rows: Type.Array(Type.Interface([Subject, Speed], {})),
  nextCursor,
})
export type SpeedToLead = Static<typeof SpeedToLead>

/** Of the leads created in the window: who has ever come so far. Won is as of now. */
const Stages = Type.Object({
  created: Type.Integer(),
  routed: Type.Integer(),
  delivered: Type.Integer(),
  contacted: Type.Integer(),
  appointment: Type.Integer(),
  won: Type.Integer(),
})
export const Funnel = Type.Object({
  metric: Type.Literal('funnel'),
  definition: Type.Literal('cohort'),
  ...head,
  total: Stages,
  rows: Type.Array(Type.Interface([Subject, Stages], {})),
  nextCursor,
})
export type Funnel = Static<typeof Funnel>

/** How full a location was in the hours of the window, as decisions saw it. */
const Fullness = Type.Object({
  /** Highest used/limit of its caps, 0 to 1; null when no decision considered it. */
  utilisation: nullable(Type.Number()),
  /** Minutes in which a decision considered it, and those of them in which a cap of it was full. */
  minutesSeen: Type.Integer(),
  minutesFull: Type.Integer(),
  /** minutesFull / minutesSeen; null when no decision considered it. */
  shareFull: nullable(Type.Number()),
})
export const Capacity = Type.Object({
  metric: Type.Literal('capacity'),
  window: Type.String(),
  by: Type.Literal('location'),
  asOf: Type.String(),
  rows: Type.Array(Type.Interface([Subject, Fullness], {})),
  nextCursor,
})
export type Capacity = Static<typeof Capacity>
