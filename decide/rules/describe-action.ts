import type { RuleAction, Target } from '../../contracts/ruleset.ts'

const NAMED_MAX = 5

/** What a rule did, as the record of a decision says it: `exclude loc-7`, `set service=roof`. */
export function describeAction(action: RuleAction): string {
  if ('set' in action) {
    // In an order of our own: two documents that differ only in the order of keys have one hash, and decide alike.
    const { service, language, value } = action.set
    const settings = Object.entries({ service, language, value }).flatMap(([field, given]) =>
      given === undefined ? [] : [`${field}=${given}`],
    )
    return `set ${settings.join(', ')}`
  }
  if ('require' in action) return `require ${describeTarget(action.require)}`
  if ('exclude' in action) return `exclude ${describeTarget(action.exclude)}`
  if ('prefer' in action) return `prefer ${describeTarget(action.prefer)} x${action.factor}`
  if ('routeTo' in action) return `route to ${action.routeTo}`
  if ('hold' in action) return `hold ${action.hold.minutes} minutes`
  return `reject: ${action.reject}`
}

function describeTarget({ locationIds = [], regionIds = [] }: Target): string {
  const names = [...locationIds, ...regionIds.map((id) => `region ${id}`)]
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : ''
  return `${names.slice(0, NAMED_MAX).join(', ')}${more}`
}
