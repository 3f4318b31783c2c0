import type { Lead } from '../decide/lead.ts'
import type { Clock } from '../kernel/clock.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import { type Recognised, recognise } from './steps/recognise.ts'
import type { IdentityStore } from './stores/identity-store.ts'

export type RecogniseDeps = { organisation: LiveOrganisation; identities: Pick<IdentityStore, 'known'>; clock: Clock }

/** A lost lead comes back to who lost it for so long, where the ruleset does not say. */
export const LOST_DAYS = 90
const DUPLICATE_MINUTES = 10

/** Which submissions are leads of their own, and who knows these people. */
export async function recogniseLeads(deps: RecogniseDeps, submitted: readonly Lead[]): Promise<Recognised> {
  if (submitted.length === 0) return { leads: [], repeats: [] }
  const { organisation, identities, clock } = deps
  const policy = (tenant: string) => {
    const { sticky, duplicateMinutes } = organisation.ruleset(tenant).document
    return { duplicateMinutes: duplicateMinutes ?? DUPLICATE_MINUTES, lostDays: sticky?.lostDays ?? LOST_DAYS }
  }
  const recognised = recognise(submitted, await identities.known(submitted), policy, {
    nowMs: clock(),
    isActive: organisation.isActive,
  })
  const leads = recognised.leads.map(({ lead, sticky }) =>
    organisation.ruleset(lead.tenant).document.sticky?.enabled === false ? { lead, sticky: null } : { lead, sticky },
  )
  return { ...recognised, leads }
}
