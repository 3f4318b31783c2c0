import type { Decision } from '../contracts/decision.ts'
import type { Person } from '../contracts/event.ts'
import { type CompiledRuleset, compileRuleset } from '../decide/compile-ruleset.ts'
import { decide } from '../decide/decide.ts'
import { emptyRuleset } from '../decide/empty-ruleset.ts'
import type { Lead } from '../decide/lead.ts'
import { type Difference, firstDifference } from './steps/first-difference.ts'
import { leadOfRow } from './stores/lead-row.ts'
import type { Cursor, RecordedDecision, ReplayRange, ReplayStore, WithoutLead } from './stores/replay-store.ts'

type DecisionId = { leadId: string; attempt: number }
/** One batch. `missing` are those that lack what they were decided on. */
export type Replayed = {
  checked: number
  different: (DecisionId & { firstDifference: Difference })[]
  missing: (DecisionId & { reason: 'lead-gone' | 'decision-gone' | 'person-erased' | 'ruleset-gone' })[]
}

/** A decision is some ten kilobytes: a batch is a few megabytes, however long the range. */
const LEADS_MAX = 250
const VERSIONS_KEPT = 8
const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/**
 * Decides every recorded decision of the range anew, from the lead, ruleset, snapshot, instant and seed that are stored with
 * it, and compares byte for byte, hash included. Reads only. Yields after each batch.
 */
export async function* replay(store: ReplayStore, range: ReplayRange): AsyncGenerator<Replayed> {
  const rulesetOf = createRulesets(store, range.tenant)
  for (let after: Cursor | null = null; ; ) {
    const recorded: RecordedDecision[] = await store.decisions(range, after, LEADS_MAX)
    const last = recorded.at(-1)
    if (!last) break
    after = last
    const batch: Replayed = { checked: 0, different: [], missing: [] }
    for (const entry of recorded) await check(entry, rulesetOf, batch)
    yield batch
  }
  for (let after: WithoutLead = { leadId: NIL_UUID, attempt: 0 }; ; ) {
    const orphans: WithoutLead[] = await store.withoutLead(range, after, LEADS_MAX)
    const last = orphans.at(-1)
    if (!last) return
    after = last
    const missing = orphans.map(({ leadId, attempt }) => ({ leadId, attempt, reason: 'lead-gone' as const }))
    yield { checked: 0, different: [], missing }
  }
}

type RulesetOf = (hash: string) => Promise<CompiledRuleset | null>

async function check(recorded: RecordedDecision, rulesetOf: RulesetOf, batch: Replayed): Promise<void> {
  const { leadId, decidedAttempt: attempt, person, text } = recorded
  if (text === null) return void batch.missing.push({ leadId, attempt, reason: 'decision-gone' })
  const before = JSON.parse(text) as Decision
  if (!isKept(person)) return void batch.missing.push({ leadId, attempt, reason: 'person-erased' })
  const ruleset = await rulesetOf(before.rulesetHash)
  if (!ruleset) return void batch.missing.push({ leadId, attempt, reason: 'ruleset-gone' })
  batch.checked += 1
  // The record says which attempt it was and what was asked for; the lead is what its own row says.
  const lead = leadOfRow({ ...recorded, attempt }, before.request)
  const difference = compare({ ...recorded, text }, before, lead, ruleset)
  if (difference) batch.different.push({ leadId, attempt, firstDifference: difference })
}

/** An erased person is an empty object. */
const isKept = (person: Partial<Person>): boolean => Array.isArray(person.tags)

function compare(
  { text, hash }: { text: string; hash: string },
  before: Decision,
  lead: Lead,
  ruleset: CompiledRuleset,
): Difference | null {
  let again: Decision
  try {
    again = decide(lead, ruleset, before.snapshot, Date.parse(before.decidedAt), before.seed)
  } catch (error) {
    // The words of a fault may quote the lead.
    return { path: '', recorded: 'a decision', replayed: (error as Error).name }
  }
  const replayed = JSON.stringify(again)
  if (replayed === text && again.hash === hash) return null
  const parted = firstDifference(before, JSON.parse(replayed))
  if (parted) return parted
  if (replayed !== text) return { path: '', recorded: 'the same values', replayed: 'in another order or form' }
  return { path: '/hash', recorded: hash, replayed: again.hash }
}

/** Each version is read and compiled once, and few are kept: a large one takes megabytes. */
function createRulesets(store: ReplayStore, tenant: string): RulesetOf {
  const none = emptyRuleset(tenant)
  const compiled = new Map<string, CompiledRuleset | null>()
  return async (hash) => {
    if (hash === none.hash) return none
    const known = compiled.get(hash)
    if (known !== undefined) return known
    const published = await store.loadRuleset(tenant, hash)
    const ruleset = published && compileRuleset(published)
    compiled.set(hash, ruleset)
    if (compiled.size > VERSIONS_KEPT) compiled.delete(compiled.keys().next().value!)
    return ruleset
  }
}
