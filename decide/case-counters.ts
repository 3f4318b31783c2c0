import type { Counter } from './capacity/counter.ts'
import { rotationKey } from './capacity/counter-keys.ts'
import { countersOf } from './capacity/counters.ts'
import type { Case } from './case.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import type { Lead } from './lead.ts'
import type { Traits } from './traits.ts'

type CounterLookups = Pick<Case, 'countersOf' | 'userCountersOf' | 'dueKeyOf'>

/** Which counters this lead would take places in, worked out once per location and user. */
export function countersOfCase(
  lead: Lead,
  ruleset: CompiledRuleset,
  { service, points, value }: Traits,
  isTest: boolean,
  nowMs: number,
): CounterLookups {
  const worth = { source: lead.person.source, service, points, value }
  const known = new Map<string, readonly Counter[]>()
  const lookUp = (locationId: string, userId: string | null): readonly Counter[] => {
    const id = userId === null ? locationId : `${locationId}/${userId}`
    const found = known.get(id)
    if (found) return found
    const location = ruleset.locations.get(locationId)
    const caps = isTest ? [] : ruleset.capsOf(locationId, userId)
    const counters =
      location && caps.length > 0
        ? countersOf(ruleset.counting, { locationId, userId, timeZone: location.timeZone, caps }, worth, nowMs)
        : []
    known.set(id, counters)
    return counters
  }
  return {
    countersOf: ({ location }) => lookUp(location.id, null),
    userCountersOf: lookUp,
    dueKeyOf: (locationId, userId) => rotationKey(ruleset.tenant, locationId, userId, ruleset.rotationStartMs(nowMs)),
  }
}

/** Every counter that the conclusion of this case may look at: what the router reads before it decides. */
export function counterKeysOf(c: Case): string[] {
  const keys: string[] = []
  for (const option of [...c.options, ...c.overflow]) {
    const { id } = option.location
    for (const { key, alsoKeys } of c.countersOf(option)) keys.push(key, ...alsoKeys)
    for (const user of c.ruleset.usersOf(id)) {
      keys.push(c.dueKeyOf(id, user.id))
      for (const { key, alsoKeys } of c.userCountersOf(id, user.id)) keys.push(key, ...alsoKeys)
    }
    if (c.ruleset.strategyOf(option.tier) === 'round_robin') keys.push(c.dueKeyOf(id, null))
  }
  return keys
}

/** Locations and users whose status the conclusion asks. */
export function statusIdsOf(c: Case): string[] {
  const { fallback } = c.ruleset.document
  const pond = fallback?.pond?.groups.flatMap(({ locationIds }) => locationIds) ?? []
  return [...c.options, ...c.overflow]
    .flatMap(({ location }) => [location.id, ...c.ruleset.usersOf(location.id).map(({ id }) => id)])
    .concat(pond)
}
