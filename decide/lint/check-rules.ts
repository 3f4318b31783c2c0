import canonicalize from 'canonicalize'
import type { RuleGroup } from '../../contracts/ruleset.ts'
import { targetsOf } from '../rules/targets.ts'
import { isTooDeep } from './check-expressions.ts'
import { type Draft, type Finding, finding } from './finding.ts'
import { rulesOf } from './rules-of.ts'
import { truthOf } from './truth.ts'

/** Rules that no lead reaches, and rules that name nobody or leave nobody. */
export function checkRules(draft: Draft): Finding[] {
  return [...checkReachable(draft.document.rules ?? []), ...checkTargets(draft)]
}

function checkReachable(groups: readonly RuleGroup[]): Finding[] {
  const findings: Finding[] = []
  let rejectsAll: string | null = null
  groups.forEach(({ match, rules }, g) => {
    let endsHere: string | null = null
    const earlier = new Map<string, string>()
    rules.forEach(({ id, when, do: action }, r) => {
      const deep = isTooDeep(when)
      const condition = deep ? '' : canonicalize(when)!
      const before = rejectsAll ?? endsHere ?? (match === 'first' ? (earlier.get(condition) ?? null) : null)
      if (before !== null && !deep) findings.push(unreachable(`/rules/${g}/rules/${r}`, id, before))
      if (!earlier.has(condition)) earlier.set(condition, id)
      if (deep || truthOf(when) !== 'always') return
      if (match === 'first') endsHere ??= id
      if ('reject' in action && before === null) rejectsAll = id
    })
  })
  return findings
}

const unreachable = (path: string, id: string, before: string): Finding =>
  finding(
    'UNREACHABLE_RULE',
    path,
    `no lead reaches rule ${id}: ${before} takes all that would match it`,
    `move it before ${before}, or take it out`,
  )

function checkTargets({ document, locations }: Draft): Finding[] {
  const known = new Set(locations.map(({ id }) => id))
  return rulesOf(document).flatMap(({ rule, path }) => {
    const targets = 'routeTo' in rule.do ? new Set([rule.do.routeTo]) : targetsOf(rule.do, locations)
    if (targets === null) return []
    const named = [...targets].filter((id) => known.has(id))
    if (named.length === 0) {
      const message = `rule ${rule.id} names no location that exists`
      return [finding('RULE_NAMES_NOBODY', `${path}/do`, message, 'correct its ids, or take the rule out')]
    }
    if (!('exclude' in rule.do) || named.length < known.size) return []
    const message = `rule ${rule.id} excludes every location`
    return [finding('RULE_REFUSES_ALL', `${path}/do`, message, 'reject the lead instead, or leave locations in')]
  })
}
