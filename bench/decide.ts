/**
 * How many decisions one core makes: `decide` whole, with its hash, on 1,000 and on 10,000 locations with 50 rules and 5
 * caps each, against a plain loop that only finds the nearest of the same 1,000 locations by haversine.
 * Run: node --import tsx bench/decide.ts [decisions=20000] [rounds=5]
 */

import { prepareCase } from '../decide/case.ts'
import { countersSeen } from '../decide/case-counters.ts'
import type { CompiledRuleset } from '../decide/compile-ruleset.ts'
import { decide } from '../decide/decide.ts'
import { distanceM } from '../decide/geography/distance.ts'
import type { Lead } from '../decide/lead.ts'
import { benchLeads, benchRuleset } from './decide/organisation.ts'
import { median, quantile } from './decide/statistics.ts'

const NOW_MS = Date.parse('2026-06-10T15:00:00Z')
const [count = 20_000, rounds = 5] = process.argv.slice(2).map(Number)

const small = benchRuleset(1_000)
const large = benchRuleset(Number(process.env.BENCH_LARGE ?? 10_000))
const leads = benchLeads(count)
const history = { sticky: null, engagement: [] }

/** As the router does: the counters of this case as read, here all at half of their limit. */
function snapshotOf(lead: Lead, ruleset: CompiledRuleset) {
  const prepared = prepareCase(lead, ruleset, history, NOW_MS)
  return { ...history, counters: countersSeen(prepared, () => 10), statuses: {}, refused: {}, waiting: {} }
}

const snapshots = {
  small: leads.map((lead) => snapshotOf(lead, small)),
  large: leads.map((lead) => snapshotOf(lead, large)),
}

function timed(act: (i: number) => unknown): { perSecond: number; p50Us: number; p99Us: number } {
  const tookUs = new Float64Array(count)
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i += 1) {
    const before = process.hrtime.bigint()
    act(i)
    tookUs[i] = Number(process.hrtime.bigint() - before) / 1_000
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  return { perSecond: count / seconds, p50Us: quantile(tookUs, 0.5), p99Us: quantile(tookUs, 0.99) }
}

/** The reference: what a plain handler would do to find a location, and nothing else. */
function nearestByLoop({ place }: Lead): string {
  let best = ''
  let bestM = Number.POSITIVE_INFINITY
  for (const location of small.locationList) {
    const metres = distanceM({ latitude: place.latitude!, longitude: place.longitude! }, location)
    if (metres < bestM) [best, bestM] = [location.id, metres]
  }
  return best
}

const scenarios = {
  'decide, 1,000 locations': (i: number) => decide(leads[i]!, small, snapshots.small[i]!, NOW_MS, `s${i}`),
  'decide, 10,000 locations': (i: number) => decide(leads[i]!, large, snapshots.large[i]!, NOW_MS, `s${i}`),
  'haversine loop, 1,000 locations': (i: number) => nearestByLoop(leads[i]!),
}
const results = new Map<string, ReturnType<typeof timed>[]>()
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, act] of Object.entries(scenarios)) {
    const result = timed(act)
    // The first round warms the compiler up.
    if (round > 0) results.set(name, [...(results.get(name) ?? []), result])
  }
}
const reference = median(results.get('haversine loop, 1,000 locations')!.map(({ perSecond }) => perSecond))
for (const [name, all] of results) {
  const perSecond = median(all.map((result) => result.perSecond))
  console.log(
    `${name.padEnd(32)} ${Math.round(perSecond).toLocaleString('en').padStart(8)}/s  p50 ${median(all.map(({ p50Us }) => p50Us)).toFixed(1)} us  p99 ${median(all.map(({ p99Us }) => p99Us)).toFixed(1)} us  ratio ${(perSecond / reference).toFixed(2)}`,
  )
}
const sample = scenarios['decide, 1,000 locations'](1)
console.log(
  `sample: ${sample.candidates.length} candidates, ${Object.keys(sample.snapshot.counters).length} counters, ${JSON.stringify(sample).length} bytes: ${sample.why}`,
)
