import type { ScoreRules } from '../../contracts/ruleset.ts'
import { compileExpression, type Predicate, type Readable } from './compile-expression.ts'

export type CompiledScore = {
  base: number
  rules: readonly { id: string; when: Predicate; points: number }[]
  /** Kind of fact -> points. */
  engagement: ReadonlyMap<string, number>
  /** null: what a person did counts for ever. */
  halfLifeDays: number | null
}

/** Facts about the lead, ISO 8601. */
export type Engagement = readonly { fact: string; at: string }[]

export type Scored = { score: number; contributions: { id: string; points: number }[] }

const DAY_MS = 86_400_000

export function compileScore(rules: ScoreRules | undefined): CompiledScore {
  return {
    base: rules?.base ?? 0,
    rules: (rules?.rules ?? []).map(({ id, when, points }) => ({ id, when: compileExpression(when), points })),
    engagement: new Map(
      Object.entries(rules?.engagement ?? {}).filter((entry): entry is [string, number] => entry[1] !== undefined),
    ),
    halfLifeDays: rules?.halfLifeDays ?? null,
  }
}

/**
 * 0 to 100, and what each rule added to it, to 0.01: `base`, the rules' ids, `engagement.replied`. Each kind of fact counts
 * once, by its latest; with a half-life it fades. The field `score` is not yet there for these rules.
 */
export function scoreLead(compiled: CompiledScore, fields: Readable, engagement: Engagement, nowMs: number): Scored {
  const contributions: Scored['contributions'] = []
  if (compiled.base !== 0) contributions.push({ id: 'base', points: round(compiled.base) })
  for (const { id, when, points } of compiled.rules) {
    if (when(fields)) contributions.push({ id, points: round(points) })
  }
  if (compiled.engagement.size > 0) {
    for (const [fact, atMs] of latestOf(engagement)) {
      const points = compiled.engagement.get(fact)
      if (points !== undefined) {
        contributions.push({ id: `engagement.${fact}`, points: round(points * decay(nowMs - atMs, compiled)) })
      }
    }
  }
  const sum = contributions.reduce((total, { points }) => total + points, 0)
  return { score: round(Math.min(100, Math.max(0, sum))), contributions }
}

function latestOf(engagement: Engagement): [string, number][] {
  const latest = new Map<string, number>()
  for (const { fact, at } of engagement) latest.set(fact, Math.max(latest.get(fact) ?? 0, Date.parse(at)))
  return [...latest].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A fact from a clock that runs ahead counts in full, never more. */
function decay(ageMs: number, { halfLifeDays }: CompiledScore): number {
  return halfLifeDays === null ? 1 : 0.5 ** (Math.max(0, ageMs) / DAY_MS / halfLifeDays)
}

/** Adding 0 turns -0, which JSON does not keep, into 0. */
const round = (points: number): number => Math.round(points * 100) / 100 + 0
