import type { Counter } from './capacity/counter.ts'
import { rotationKey } from './capacity/counter-keys.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import type { Lead } from './lead.ts'
import type { Option } from './options.ts'
import type { Traits } from './traits.ts'

export type CounterLookups = {
  countersOf: (option: Pick<Option, 'location'>) => readonly Counter[]
  userCountersOf: (locationId: string, userId: string) => readonly Counter[]
  /** Balance key of the rotation among the location's users, or, without a user, among locations. */
  dueKeyOf: (locationId: string, userId: string | null) => string
}

const none: readonly Counter[] = []

/** Which counters this lead would take places in; a test lead takes none. */
export function counterLookups(
  lead: Lead,
  ruleset: CompiledRuleset,
  { service, points, value }: Traits,
  isTest: boolean,
  nowMs: number,
): CounterLookups {
  const worth = { source: lead.person.source, service, points, value }
  const lookUp = (locationId: string, userId: string | null): readonly Counter[] =>
    isTest ? none : ruleset.countersAt(locationId, userId, worth, nowMs)
  return {
    countersOf: ({ location }) => lookUp(location.id, null),
    userCountersOf: lookUp,
    dueKeyOf: (locationId, userId) => rotationKey(ruleset.tenant, locationId, userId, ruleset.rotationStartMs(nowMs)),
  }
}
