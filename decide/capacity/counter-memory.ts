import type { Cap, RulesetLocation } from '../../contracts/ruleset.ts'
import type { Counter } from './counter.ts'
import { amountOf, type CounterContext, counterOf, isInScope, type Worth } from './counters.ts'

export type CountersAt = (locationId: string, userId: string | null, worth: Worth, nowMs: number) => readonly Counter[]

const none: readonly Counter[] = []
/** Windows begin on quarter hours in every zone: within one, the counters of a place stay. */
const QUARTER_MS = 15 * 60_000

type CapsOf = (locationId: string, userId: string | null) => readonly Cap[]
/** The counters of all caps of a place, for a lead that counts 1 in each. */
type Kept = { caps: readonly Cap[]; counters: readonly Counter[]; isPlain: boolean }

/** Counters of a place, worked out once a quarter of an hour: five caps are a dozen texts to build. */
export function createCounterMemory(
  context: CounterContext,
  locations: ReadonlyMap<string, Pick<RulesetLocation, 'timeZone'>>,
  capsOf: CapsOf,
): CountersAt {
  let quarter = Number.NaN
  const kept = new Map<string, Kept>()
  return (locationId, userId, worth, nowMs) => {
    const asked = Math.floor(nowMs / QUARTER_MS)
    if (asked !== quarter) kept.clear()
    quarter = asked
    const name = userId === null ? locationId : `${locationId}/${userId}`
    let known = kept.get(name)
    if (!known) {
      known = keptOf(context, { locationId, userId, timeZone: locations.get(locationId)?.timeZone }, capsOf, nowMs)
      kept.set(name, known)
    }
    return known.isPlain ? known.counters : countersFor(known, worth)
  }
}

function keptOf(
  context: CounterContext,
  { locationId, userId, timeZone }: { locationId: string; userId: string | null; timeZone: string | undefined },
  capsOf: CapsOf,
  nowMs: number,
): Kept {
  const caps = capsOf(locationId, userId)
  if (timeZone === undefined) return { caps: [], counters: none, isPlain: true }
  const place = { locationId, userId, timeZone, caps }
  return { caps, counters: caps.map((cap) => counterOf(context, place, cap, 1, nowMs)), isPlain: caps.every(isPlain) }
}

/** Counts every lead alike, whatever its source and service. */
const isPlain = ({ metric, scope }: Cap): boolean => metric === 'leads' && scope === undefined

/** A scoped cap counts, and limits, only leads that it describes; some count points or money. */
function countersFor({ caps, counters }: Kept, worth: Worth): Counter[] {
  const counting: Counter[] = []
  for (const [i, cap] of caps.entries()) {
    if (!isInScope(cap, worth)) continue
    counting.push({ ...counters[i]!, amount: amountOf(cap, worth) })
  }
  return counting
}
