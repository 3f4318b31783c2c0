import type { Snapshot } from '../contracts/snapshot.ts'
import type { Counter } from './capacity/counter.ts'
import type { Case } from './case.ts'

/** Under this name stands the balance of a rotation, in millionths of a lead. */
export const ROTATION = 'rotation'

type Place = { name: string; counters: readonly Counter[]; dueKey: string | null }

/** Every location and user that the conclusion of this case may ask for room. */
function placesOf(c: Case): Place[] {
  const places: Place[] = []
  for (const option of [...c.options, ...c.overflow]) {
    const { id } = option.location
    const isRotated = c.ruleset.strategyOf(option.tier) === 'round_robin'
    places.push({
      name: id,
      counters: c.counters.countersOf(option),
      dueKey: isRotated ? c.counters.dueKeyOf(id, null) : null,
    })
    for (const user of option.site.users) {
      const counters = c.counters.userCountersOf(id, user.id)
      places.push({ name: `${id}/${user.id}`, counters, dueKey: c.counters.dueKeyOf(id, user.id) })
    }
  }
  return places
}

/** The keys of all their counters: what the router reads before it decides. */
export function counterKeysOf(c: Case): string[] {
  const keys: string[] = []
  for (const { counters, dueKey } of placesOf(c)) {
    for (const { key, alsoKeys } of counters) {
      keys.push(key)
      for (const also of alsoKeys) keys.push(also)
    }
    if (dueKey) keys.push(dueKey)
  }
  return keys
}

/** What was read, as the decision keeps it: place -> what a person calls the counter -> used. */
export function countersSeen(c: Case, usedIn: (key: string) => number): Snapshot['counters'] {
  const seen: Snapshot['counters'] = {}
  for (const { name, counters, dueKey } of placesOf(c)) {
    if (counters.length === 0 && !dueKey) continue
    const used: Record<string, number> = {}
    for (const { key, alsoKeys, label } of counters) {
      let sum = usedIn(key)
      for (const also of alsoKeys) sum += usedIn(also)
      used[label] = sum
    }
    if (dueKey) used[ROTATION] = usedIn(dueKey)
    seen[name] = used
  }
  return seen
}

/** Locations and users whose status the conclusion asks. */
export function statusIdsOf(c: Case): { locationIds: string[]; userIds: string[] } {
  const { fallback } = c.ruleset.document
  const pond = fallback?.pond?.groups.flatMap(({ locationIds }) => locationIds) ?? []
  const locationIds = [...[...c.options, ...c.overflow].map(({ location }) => location.id), ...pond]
  return {
    locationIds,
    userIds: locationIds.flatMap((id) => (c.ruleset.siteOf(id)?.users ?? []).map((user) => user.id)),
  }
}
