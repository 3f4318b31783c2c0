import Type, { type Static } from 'typebox'
import { dimensions } from './figures.ts'

/** `GET /v1/conversion`, the `conversion` event of `/v1/live`, and what the widget shows. */
export const ConversionRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  regionId: Type.Union([Type.String(), Type.Null()]),
  /** Leads created in the window and assigned here. */
  leads: Type.Integer(),
  /** Of these, those whose opportunity is won now. */
  won: Type.Integer(),
  /** won / leads, 0 to 1; null without leads. */
  rate: Type.Union([Type.Number(), Type.Null()]),
})
export type ConversionRow = Static<typeof ConversionRow>

export const Conversion = Type.Object({
  metric: Type.Literal('conversion'),
  /**
   * cohort: won now among the leads created in the window. activity: leads won for the first time in the window, and won
   * now, beside those created in it: the rate may pass 1.
   */
  definition: Type.Enum(['cohort', 'activity']),
  window: Type.String(),
  by: Type.Enum([...dimensions]),
  asOf: Type.String(),
  total: Type.Omit(ConversionRow, ['id', 'name', 'regionId']),
  rows: Type.Array(ConversionRow),
  nextCursor: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
export type Conversion = Static<typeof Conversion>

/** One line of the live list of decisions: the `decision` event of `/v1/live`. No personal data. */
export const LiveDecision = Type.Object({
  decisionId: Type.String(),
  leadId: Type.String(),
  decidedAt: Type.String(),
  outcome: Type.String(),
  tier: Type.Union([Type.String(), Type.Null()]),
  locationId: Type.Union([Type.String(), Type.Null()]),
  locationName: Type.Union([Type.String(), Type.Null()]),
  regionId: Type.Union([Type.String(), Type.Null()]),
  why: Type.String(),
})
export type LiveDecision = Static<typeof LiveDecision>
