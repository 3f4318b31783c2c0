import type { Lead } from '../decide/lead.ts'
import type { Clock } from '../kernel/clock.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import { personPolicy } from './steps/person-policy.ts'
import { type Recognised, recognise } from './steps/recognise.ts'
import type { IdentityStore } from './stores/identity-store.ts'

export type RecogniseDeps = { organisation: LiveOrganisation; identities: Pick<IdentityStore, 'known'>; clock: Clock }

/** Which submissions are leads of their own, and who knows these people. */
export async function recogniseLeads(deps: RecogniseDeps, submitted: readonly Lead[]): Promise<Recognised> {
  if (submitted.length === 0) return { leads: [], repeats: [] }
  const { organisation, identities, clock } = deps
  const known = await identities.known(submitted)
  return recognise(submitted, known, (tenant) => personPolicy(organisation.ruleset(tenant).document), {
    nowMs: clock(),
    isActive: organisation.isActive,
  })
}
