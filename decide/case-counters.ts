import type { Case } from './case.ts'

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
export function statusIdsOf(c: Case): { locationIds: string[]; userIds: string[] } {
  const { fallback } = c.ruleset.document
  const pond = fallback?.pond?.groups.flatMap(({ locationIds }) => locationIds) ?? []
  const locationIds = [...[...c.options, ...c.overflow].map(({ location }) => location.id), ...pond]
  return { locationIds, userIds: locationIds.flatMap((id) => c.ruleset.usersOf(id).map((user) => user.id)) }
}
