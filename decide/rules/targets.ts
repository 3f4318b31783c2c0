import type { RuleAction, RulesetLocation, Target } from '../../contracts/ruleset.ts'

/** The locations that an action means, ids and regions resolved. */
export type Targets = ReadonlySet<string>

type Placed = Pick<RulesetLocation, 'id' | 'regionId'>

/** null for actions that mean no set of locations. */
export function targetsOf(action: RuleAction, locations: readonly Placed[]): Targets | null {
  const target = targetIn(action)
  if (!target) return null
  const regions = new Set(target.regionIds)
  const inRegions = regions.size === 0 ? [] : locations.filter(({ regionId }) => regions.has(regionId))
  return new Set([...(target.locationIds ?? []), ...inRegions.map(({ id }) => id)])
}

export function targetIn(action: RuleAction): Target | null {
  if ('require' in action) return action.require
  if ('exclude' in action) return action.exclude
  return 'prefer' in action ? action.prefer : null
}
