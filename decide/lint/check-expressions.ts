import type { Expression } from '../../contracts/ruleset.ts'
import { EXPRESSION_DEPTH_MAX } from '../rules/compile-expression.ts'
import { type Draft, type Finding, finding } from './finding.ts'
import { rulesOf } from './rules-of.ts'
import { truthOf } from './truth.ts'

/** Conditions that are nested too deep, and such as hold for no lead. */
export function checkExpressions({ document }: Draft): Finding[] {
  const scoreRules = document.score?.rules ?? []
  const conditions = [
    ...rulesOf(document).map(({ rule, path }) => ({ when: rule.when, path: `${path}/when` })),
    ...scoreRules.map(({ when }, i) => ({ when, path: `/score/rules/${i}/when` })),
    ...(document.consent?.given ? [{ when: document.consent.given, path: '/consent/given' }] : []),
  ]
  return conditions.flatMap(({ when, path }) => {
    if (isTooDeep(when)) {
      const message = `it is nested deeper than ${EXPRESSION_DEPTH_MAX}`
      return [finding('EXPRESSION_TOO_DEEP', path, message, 'take brackets out, or make two rules of it')]
    }
    if (truthOf(when) !== 'never') return []
    return [
      finding('NEVER_TRUE', path, 'no lead can satisfy it: its parts contradict each other', 'correct its values'),
    ]
  })
}

/** Walks with a list of its own: what may be nested too deep must not be walked by calls. */
export function isTooDeep(expression: Expression): boolean {
  let level: Expression[] = [expression]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > EXPRESSION_DEPTH_MAX) return true
    level = level.flatMap((part) => {
      if ('all' in part) return part.all
      if ('any' in part) return part.any
      return 'not' in part ? [part.not] : []
    })
  }
  return false
}
