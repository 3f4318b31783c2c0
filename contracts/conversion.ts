import Type, { type Static } from 'typebox'

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
  /** Cohort: won among the leads created in the window. */
  definition: Type.Literal('cohort'),
  window: Type.String(),
  by: Type.Union([Type.Literal('location'), Type.Literal('region')]),
  asOf: Type.String(),
  total: Type.Omit(ConversionRow, ['id', 'name', 'regionId']),
  rows: Type.Array(ConversionRow),
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
