import { rotationChanges } from './candidates/rotation.ts'
import type { Counter } from './capacity/counter.ts'
import { rotationCounter } from './capacity/counters.ts'
import type { Case } from './case.ts'
import type { Taker } from './takers.ts'
import type { Verdict } from './verdict.ts'
import type { Standing } from './weigh.ts'

/** One stop of the reservation's walk: who would take the lead, and every counter that moves if he does. */
export type WalkStop = { candidate: string; locationId: string; userId: string | null; counters: Counter[] }

/** More stops are more work for Redis, and no lead is refused by so many in a row but in a region that is full. */
const STOPS_MAX = 24

/** The ranked list that the reservation walks, best first, until one has room in all its counters. */
export function walkFor(c: Case, verdict: Verdict, stopsMax = STOPS_MAX): WalkStop[] {
  const ranked = verdict.standings.slice(0, verdict.walkCount)
  const stops: WalkStop[] = []
  for (const standing of ranked) {
    for (const taker of standing.takers) {
      if (stops.length === stopsMax) return stops
      stops.push(stopFor(c, standing, taker, ranked))
    }
  }
  return stops
}

function stopFor(c: Case, standing: Standing, taker: Taker, ranked: readonly Standing[]): WalkStop {
  const { option } = standing
  const locationId = option.location.id
  const caps = [
    ...c.counters.countersOf(option),
    ...(taker.userId === null ? [] : c.counters.userCountersOf(locationId, taker.userId)),
  ].map((counter) => (yields(counter, option.isUncapped, taker) ? { ...counter, limit: null } : counter))
  const credits = c.isTest ? [] : [...userCredits(c, standing, taker), ...locationCredits(c, standing, ranked)]
  return { candidate: taker.candidate, locationId, userId: taker.userId, counters: [...caps, ...credits] }
}

/** What is counted but does not refuse: everything for a hand-picked location, soft caps in the overflow. */
const yields = (counter: Counter, isUncapped: boolean, { candidate }: Taker): boolean =>
  isUncapped || (!counter.hard && candidate.startsWith('~'))

function userCredits(c: Case, { option, users }: Standing, { userId }: Taker): Counter[] {
  if (userId === null) return []
  const weights = new Map(option.site.users.map((user) => [user.id, user.weight]))
  const present = users
    .filter(({ reason }) => reason === null)
    .map((user) => ({ id: user.userId, weight: weights.get(user.userId) ?? 0 }))
  return rotationChanges(present, userId).map(({ id, amount }) => due(c, option.location.id, id, amount))
}

function locationCredits(c: Case, { option }: Standing, ranked: readonly Standing[]): Counter[] {
  if (c.ruleset.strategyOf(option.tier) !== 'round_robin') return []
  const present = ranked
    .filter((other) => other.option.tier === option.tier && other.option.location.weight > 0)
    .map((other) => ({ id: other.option.location.id, weight: other.option.location.weight }))
  return rotationChanges(present, option.location.id).map(({ id, amount }) => due(c, id, null, amount))
}

const due = (c: Case, locationId: string, userId: string | null, amount: number): Counter =>
  rotationCounter(c.ruleset.tenant, locationId, userId, c.ruleset.rotationStartMs(c.nowMs), amount)
