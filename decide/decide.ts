import type { Decision } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { type Case, prepareCase } from './case.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import type { Lead } from './lead.ts'
import { placeLead } from './place-lead.ts'
import { recordDecision } from './record-decision.ts'

/**
 * Which location gets this lead. Pure: no I/O, no clock, no chance; the same arguments give the same decision, byte for
 * byte, whether live, in a dry run or in a replay years later.
 * @param snapshot counters and states as seen; `refused` holds what the reservation found full on its walk.
 * @param nowMs the instant of reservation, milliseconds since the epoch.
 * @param seed decides ties.
 */
export function decide(
  lead: Lead,
  ruleset: CompiledRuleset,
  snapshot: Snapshot,
  nowMs: number,
  seed: string,
): Decision {
  return decideCase(prepareCase(lead, ruleset, snapshot, nowMs), snapshot, seed)
}

/** The same for a case that was prepared already. */
export const decideCase = (c: Case, snapshot: Snapshot, seed: string): Decision =>
  recordDecision(c, snapshot, seed, placeLead(c, snapshot, seed))
