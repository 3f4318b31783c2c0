import type { Decision } from '../../../contracts/decision.ts'
import type { EffectiveSettings } from './merge-settings.ts'

/** Calls that a new person's lead needs when the location's set-up is known: a lane starts it only when they fit. */
export function callsPerLead({ note, workflow }: EffectiveSettings, { silent }: Pick<Decision, 'silent'>): number {
  const contactAndOpportunity = 2
  return contactAndOpportunity + Number(note) + Number(workflow !== null && !silent)
}
