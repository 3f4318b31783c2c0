import type { Tier } from '../contracts/decision.ts'
import type {
  Cap,
  PublishedRuleset,
  RulesetDocument,
  RulesetLocation,
  RulesetUser,
  Strategy,
} from '../contracts/ruleset.ts'
import { type CountersAt, createCounterMemory } from './capacity/counter-memory.ts'
import { createWindows } from './capacity/windows.ts'
import { type TerritoryIndex, territoryCompilation } from './compile-territories.ts'
import { finish } from './finish.ts'
import { createNearestIndex, type NearestIndex } from './geography/nearest.ts'
import { groupBy } from './group-by.ts'
import { compileHours, type Hours } from './hours/open-hours.ts'
import { type CompiledRules, compileRules } from './rules/apply-rules.ts'
import { compileFieldPolicy, type FieldPolicy } from './rules/field-policy.ts'
import { type CompiledScore, compileScore } from './rules/score-lead.ts'
import { compileSites, type Site } from './site.ts'

/** A published ruleset made ready for lookups. Built once per version, then only read. */
export type CompiledRuleset = {
  hash: string
  tenant: string
  document: RulesetDocument
  nearestMaxM: number
  locations: ReadonlyMap<string, RulesetLocation>
  locationList: readonly RulesetLocation[]
  siteOf: (locationId: string) => Site | undefined
  /** Counters of a location, or of one of its users. */
  countersAt: CountersAt
  /** His own hours, else the location's; null: always. */
  userHoursOf: (user: RulesetUser) => Hours | null
  strategyOf: (tier: Tier) => Strategy
  territories: TerritoryIndex
  nearest: NearestIndex<RulesetLocation>
  rules: CompiledRules
  score: CompiledScore
  fieldPolicy: FieldPolicy
  /** Start of the rotation's window at an instant. */
  rotationStartMs: (nowMs: number) => number
}

export const compileRuleset = (published: PublishedRuleset): CompiledRuleset => finish(rulesetCompilation(published))

/** The same in small steps: a thousand locations take two seconds, in which a router also has leads to decide. */
export function* rulesetCompilation(published: PublishedRuleset): Generator<void, CompiledRuleset> {
  const { hash, document, locations, users } = published
  const { tenant, strategy, weekStartsOn = 'mon', rotationWindow = 'month', timeZone = 'UTC' } = document
  const locationOf = new Map(locations.map((location) => [location.id, location]))
  const hours = new Map((document.calendars ?? []).map((calendar) => [calendar.id, compileHours(calendar)]))
  const sites = compileSites(locations, users, document, hours)
  const caps = groupBy(document.caps, ({ locationId, userId }) => placeOf(locationId, userId ?? null))
  const windows = createWindows()
  const counting = { tenant, weekStartsOn, windows }
  const territories = yield* territoryCompilation(document.territories)
  return {
    hash,
    tenant,
    document,
    nearestMaxM: document.nearestMaxM,
    locations: locationOf,
    locationList: locations,
    siteOf: (locationId) => sites.get(locationId),
    countersAt: createCounterMemory(
      counting,
      locationOf,
      (location, user) => caps.get(placeOf(location, user)) ?? noCaps,
    ),
    userHoursOf: ({ calendarId, locationId }) => hours.get(calendarId ?? '') ?? sites.get(locationId)?.hours ?? null,
    strategyOf: (tier) => strategyOf(tier, strategy),
    territories,
    nearest: createNearestIndex(locations),
    rules: compileRules(document.rules, locations),
    score: compileScore(document.score),
    fieldPolicy: compileFieldPolicy(document),
    rotationStartMs: (nowMs) => windows.at(rotationWindow, timeZone, nowMs, weekStartsOn).startMs,
  }
}

const noCaps: readonly Cap[] = []

const placeOf = (locationId: string, userId: string | null): string =>
  userId === null ? locationId : `${locationId}/${userId}`

/** Among several named by hand or kept as overflow, the nearest comes first. */
function strategyOf(tier: Tier, strategy: RulesetDocument['strategy']): Strategy {
  switch (tier) {
    case 'exclusive':
    case 'shared':
    case 'nearest':
      return strategy[tier]
    case 'explicit':
    case 'sticky':
      return 'nearest'
    case 'fallback':
      return strategy.nearest
  }
}
