import type { FallbackReason } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { byClaim, weighAll } from './by-claim.ts'
import type { Case } from './case.ts'
import { nextOpening } from './hours/open-hours.ts'
import { endOf, inOrder, type Verdict } from './verdict.ts'
import type { Standing } from './weigh.ts'

const MINUTE_MS = 60_000

/** Steps of the chain, in order; each reason has its own selection, and HQ ends all of them. */
type Step = (c: Case, snapshot: Snapshot, seed: string, standings: Standing[], reason: FallbackReason) => Verdict | null

const chains: Partial<Record<FallbackReason, readonly Step[]>> = {
  ALL_FULL: [overflow, hold, pond],
  ALL_CLOSED: [overflow, waitForOpening, hold, pond],
  UNCLAIMED: [pond],
}

/** What becomes of a lead that no location takes by the plain way. */
export function fallBack(
  c: Case,
  snapshot: Snapshot,
  seed: string,
  standings: Standing[],
  reason: FallbackReason,
): Verdict {
  for (const step of chains[reason] ?? []) {
    const verdict = step(c, snapshot, seed, standings, reason)
    if (verdict) return verdict
  }
  return endOf('hq', reason, inOrder(standings))
}

/** Everybody in reach again without soft caps, and the overflow locations; not those that wait to open. */
function overflow(c: Case, snapshot: Snapshot, seed: string, standings: Standing[], reason: FallbackReason) {
  const inReach = standings.filter(({ isInReach }) => isInReach).map(({ option }) => option)
  const known = new Set(inReach.map(({ location }) => location.id))
  const options = [...inReach, ...c.overflow.filter(({ location }) => !known.has(location.id))]
  if (standings.some(waitsToOpen) && !standings.some(({ reason: why }) => why === 'CAP')) return null
  const pass = {
    reachM: c.ruleset.document.nearestMaxM,
    softCapsRefuse: false,
    previousLocationIds: c.lead.request.previousLocationIds,
  }
  return byClaim(c, weighAll(c, options, snapshot, pass, seed), seed, reason)
}

function waitForOpening(c: Case, _s: Snapshot, _seed: string, standings: Standing[], reason: FallbackReason) {
  const openings = standings.filter(waitsToOpen).flatMap(({ option: { site } }) => {
    const opensMs = site.hours && nextOpening(site.hours, site.location.timeZone, c.nowMs)
    return opensMs === null ? [] : [opensMs]
  })
  return openings.length === 0 ? null : endOf('held', reason, inOrder(standings), { untilMs: Math.min(...openings) })
}

function hold(c: Case, _s: Snapshot, _seed: string, standings: Standing[], reason: FallbackReason): Verdict | null {
  const minutes = c.ruleset.document.fallback?.hold?.minutesMax
  if (minutes === undefined) return null
  const untilMs = Date.parse(c.lead.request.heldSince ?? c.lead.createdAt) + minutes * MINUTE_MS
  return c.nowMs < untilMs ? endOf('held', reason, inOrder(standings), { untilMs }) : null
}

function pond(c: Case, snapshot: Snapshot, _seed: string, standings: Standing[], reason: FallbackReason) {
  const groups = c.ruleset.document.fallback?.pond?.groups ?? []
  for (let at = c.lead.request.pondGroup + 1; at < groups.length; at += 1) {
    const { locationIds, minutes } = groups[at]!
    const offeredTo = locationIds.filter((id) => c.ruleset.locations.has(id) && snapshot.statuses[id] === undefined)
    if (offeredTo.length === 0) continue
    const untilMs = c.nowMs + minutes * MINUTE_MS
    return endOf('pond', reason, inOrder(standings), { untilMs, pondGroup: at, offeredTo })
  }
  return null
}

const waitsToOpen = ({ reason, detail }: Standing): boolean => reason === 'HOURS' && detail === 'HOLD_UNTIL_OPEN'
