import type { FallbackReason } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { byClaim, weighAll } from './by-claim.ts'
import type { Case } from './case.ts'
import { fallBack } from './fall-back.ts'
import { gate } from './gate.ts'
import type { Pass } from './pass.ts'
import type { Verdict } from './verdict.ts'
import type { Standing } from './weigh.ts'

/** The gates, the plain way, the wider way, then the chain of fallbacks: the first that has an answer ends it. */
export function placeLead(c: Case, snapshot: Snapshot, seed: string): Verdict {
  const stopped = gate(c)
  if (stopped) return stopped
  if (c.lead.request.kind === 'pond-timeout') return fallBack(c, snapshot, seed, [], 'UNCLAIMED')
  const { nearestMaxM, fallback } = c.ruleset.document
  let standings: Standing[] = []
  for (const reachM of [nearestMaxM, ...(fallback?.widenM ?? [])]) {
    standings = weighAll(c, c.options, snapshot, passOf(c, reachM), seed)
    const verdict = byClaim(c, standings, seed, reachM > nearestMaxM ? 'NO_COVERAGE' : null)
    if (verdict) return verdict
    if (standings.some(({ isInReach }) => isInReach)) break
  }
  const forgiving = forgetOldest(c, standings, snapshot, seed)
  return forgiving ?? fallBack(c, snapshot, seed, standings, reasonOf(c, standings))
}

const passOf = (c: Case, reachM: number): Pass => ({
  reachM,
  softCapsRefuse: true,
  previousLocationIds: c.lead.request.previousLocationIds,
})

/** When everybody has had the lead before, all but the last are asked again. */
function forgetOldest(c: Case, standings: readonly Standing[], snapshot: Snapshot, seed: string): Verdict | null {
  const { previousLocationIds } = c.lead.request
  if (previousLocationIds.length < 2 || !standings.some(({ reason }) => reason === 'PREVIOUS_ASSIGNEE')) return null
  const pass = { ...passOf(c, c.ruleset.document.nearestMaxM), previousLocationIds: previousLocationIds.slice(-1) }
  return byClaim(c, weighAll(c, c.options, snapshot, pass, seed), seed, null)
}

function reasonOf({ lead }: Case, standings: readonly Standing[]): FallbackReason {
  const inReach = standings.filter(({ isInReach }) => isInReach)
  if (inReach.length === 0) return lead.place.fault ?? 'NO_COVERAGE'
  if (inReach.some(({ reason }) => reason === 'CAP')) return 'ALL_FULL'
  return inReach.some(({ reason }) => reason === 'HOURS') ? 'ALL_CLOSED' : 'UNAVAILABLE'
}
