import type { Rule, RulesetDocument } from '../../contracts/ruleset.ts'

/** All business rules with their JSON pointers, in the order in which they run. */
export const rulesOf = ({ rules = [] }: RulesetDocument): { rule: Rule; path: string }[] =>
  rules.flatMap((group, g) => group.rules.map((rule, r) => ({ rule, path: `/rules/${g}/rules/${r}` })))
