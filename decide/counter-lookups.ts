import type { Counter } from './capacity/counter.ts'
import { rotationKey } from './capacity/counter-keys.ts'
import { countersOf } from './capacity/counters.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import type { Lead } from './lead.ts'
import type { Option } from './options.ts'
import type { Traits } from './traits.ts'

export type CounterLookups = {
  countersOf: (option: Option) => readonly Counter[]
  userCountersOf: (locationId: string, userId: string) => readonly Counter[]
  /** Balance key of the rotation among the location's users, or, without a user, among locations. */
  dueKeyOf: (locationId: string, userId: string | null) => string
}

/** Which counters this lead would take places in, worked out once per location and user. */
export function counterLookups(
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
