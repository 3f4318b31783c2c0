import type { Opportunity, OpportunityBody } from '../../ghl/steps/ghl-bodies.ts'

/** What GHL's clock and ours may differ by. */
const SKEW_MS = 10 * 60_000

/**
 * Among a contact's opportunities those that an earlier try of this lead may have made without our knowing: of our name,
 * in our pipeline, not older than the decision. GHL keeps no mark of ours on an opportunity.
 */
export function perhapsOwn(found: readonly Opportunity[], body: OpportunityBody, decidedAt: string): string[] {
  const since = Date.parse(decidedAt) - SKEW_MS
  return found
    .filter(({ name, pipelineId, createdAt }) => {
      return name === body.name && pipelineId === body.pipelineId && Date.parse(createdAt ?? decidedAt) >= since
    })
    .map(({ id }) => id)
}
