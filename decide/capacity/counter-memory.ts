import type { Cap, RulesetLocation } from '../../contracts/ruleset.ts'
import type { Counter } from './counter.ts'
import { type CounterContext, countersOf, type Worth } from './counters.ts'

export type CountersAt = (locationId: string, userId: string | null, worth: Worth, nowMs: number) => readonly Counter[]

const none: readonly Counter[] = []
/** Windows begin on quarter hours in every zone: within one, the counters of a place stay. */
const QUARTER_MS = 15 * 60_000
const KEPT_MAX = 100_000

/** Counters of a place for one kind of lead, worked out once a quarter of an hour: five caps are a dozen texts to build. */
export function createCounterMemory(
  context: CounterContext,
  locations: ReadonlyMap<string, Pick<RulesetLocation, 'timeZone'>>,
  capsOf: (locationId: string, userId: string | null) => readonly Cap[],
): CountersAt {
  let quarter = Number.NaN
  const kept = new Map<string, readonly Counter[]>()
  return (locationId, userId, worth, nowMs) => {
    const caps = capsOf(locationId, userId)
    const timeZone = locations.get(locationId)?.timeZone
    if (caps.length === 0 || timeZone === undefined) return none
    const asked = Math.floor(nowMs / QUARTER_MS)
    if (asked !== quarter || kept.size > KEPT_MAX) kept.clear()
    quarter = asked
    const name = `${locationId}/${userId ?? ''}${caps.every(isPlain) ? '' : `/${JSON.stringify(worth)}`}`
    const known = kept.get(name)
    if (known) return known
    const counters = countersOf(context, { locationId, userId, timeZone, caps }, worth, nowMs)
    kept.set(name, counters)
    return counters
  }
}

/** Counts every lead alike, whatever its source and service. */
const isPlain = ({ metric, scope }: Cap): boolean => metric === 'leads' && scope === undefined
