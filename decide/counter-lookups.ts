import type { Counter } from './capacity/counter.ts'
import { rotationKey } from './capacity/counter-keys.ts'
import type { Worth } from './capacity/counters.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import type { Lead } from './lead.ts'
import type { Option } from './options.ts'
import type { Traits } from './traits.ts'

const none: readonly Counter[] = []

/** Which counters this lead would take places in; a test lead takes none. */
export class CounterLookups {
  private readonly ruleset: CompiledRuleset
  private readonly worth: Worth
  private readonly isTest: boolean
  private readonly nowMs: number
  private rotationStartMs: number | undefined

  constructor(
    lead: Lead,
    ruleset: CompiledRuleset,
    { service, points, value }: Traits,
    isTest: boolean,
    nowMs: number,
  ) {
    this.ruleset = ruleset
    this.worth = { source: lead.person.source, service, points, value }
    this.isTest = isTest
    this.nowMs = nowMs
  }

  countersOf({ location }: Pick<Option, 'location'>): readonly Counter[] {
    return this.isTest ? none : this.ruleset.countersAt(location.id, null, this.worth, this.nowMs)
  }

  userCountersOf(locationId: string, userId: string): readonly Counter[] {
    return this.isTest ? none : this.ruleset.countersAt(locationId, userId, this.worth, this.nowMs)
  }

  /** Balance key of the rotation among the location's users, or, without a user, among locations. */
  dueKeyOf(locationId: string, userId: string | null): string {
    this.rotationStartMs ??= this.ruleset.rotationStartMs(this.nowMs)
    return rotationKey(this.ruleset.tenant, locationId, userId, this.rotationStartMs)
  }
}
