import type { Tier } from '../contracts/decision.ts'
import type {
  Cap,
  LocationSetting,
  PublishedRuleset,
  RulesetDocument,
  RulesetLocation,
  RulesetUser,
  Strategy,
} from '../contracts/ruleset.ts'
import { type CountersAt, createCounterMemory } from './capacity/counter-memory.ts'
import { createWindows } from './capacity/windows.ts'
import { compileTerritories, type TerritoryIndex } from './compile-territories.ts'
import { createNearestIndex, type NearestIndex } from './geography/nearest.ts'
import { groupBy } from './group-by.ts'
import { compileHours, type Hours } from './hours/open-hours.ts'
import { type CompiledRules, compileRules } from './rules/apply-rules.ts'
import { compileFieldPolicy, type FieldPolicy } from './rules/field-policy.ts'
import { type CompiledScore, compileScore } from './rules/score-lead.ts'

/** A published ruleset made ready for lookups. Built once per version, then only read. */
export type CompiledRuleset = {
  hash: string
  tenant: string
  document: RulesetDocument
  nearestMaxM: number
  locations: ReadonlyMap<string, RulesetLocation>
  locationList: readonly RulesetLocation[]
  settingOf: (locationId: string) => LocationSetting | undefined
  usersOf: (locationId: string) => readonly RulesetUser[]
  /** Counters of a location, or of one of its users. */
  countersAt: CountersAt
  /** null: always open. */
  hoursOf: (locationId: string) => Hours | null
  userHoursOf: (user: RulesetUser) => Hours | null
  strategyOf: (tier: Tier) => Strategy
  /** The location's conversion rate against the mean of those that have one; 1 without. */
  conversionRatioOf: (locationId: string) => number
  territories: TerritoryIndex
  nearest: NearestIndex<RulesetLocation>
  rules: CompiledRules
  score: CompiledScore
  fieldPolicy: FieldPolicy
  /** Start of the rotation's window at an instant. */
  rotationStartMs: (nowMs: number) => number
}

export function compileRuleset({ hash, document, locations, users }: PublishedRuleset): CompiledRuleset {
  const { tenant, strategy, weekStartsOn = 'mon', rotationWindow = 'month', timeZone = 'UTC' } = document
  const locationOf = new Map(locations.map((location) => [location.id, location]))
  const settings = new Map((document.locationSettings ?? []).map((setting) => [setting.locationId, setting]))
  const hours = new Map((document.calendars ?? []).map((calendar) => [calendar.id, compileHours(calendar)]))
  const usersOf = groupBy(users, ({ locationId }) => locationId)
  const caps = groupBy(document.caps, ({ locationId, userId }) => placeOf(locationId, userId ?? null))
  const windows = createWindows()
  const counting = { tenant, weekStartsOn, windows }
  const hoursOf = (locationId: string): Hours | null => hours.get(settings.get(locationId)?.calendarId ?? '') ?? null
  return {
    hash,
    tenant,
    document,
    nearestMaxM: document.nearestMaxM,
    locations: locationOf,
    locationList: locations,
    settingOf: (locationId) => settings.get(locationId),
    usersOf: (locationId) => usersOf.get(locationId) ?? [],
    countersAt: createCounterMemory(
      counting,
      locationOf,
      (location, user) => caps.get(placeOf(location, user)) ?? noCaps,
    ),
    hoursOf,
    userHoursOf: ({ calendarId, locationId }) => hours.get(calendarId ?? '') ?? hoursOf(locationId),
    strategyOf: (tier) => strategyOf(tier, strategy),
    conversionRatioOf: conversionRatios(document.locationSettings ?? []),
    territories: compileTerritories(document.territories),
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

function conversionRatios(settings: readonly LocationSetting[]): (locationId: string) => number {
  const rates = new Map(
    settings.flatMap(({ locationId, conversionRate }) =>
      conversionRate === undefined ? [] : [[locationId, conversionRate] as const],
    ),
  )
  const mean = [...rates.values()].reduce((sum, rate) => sum + rate, 0) / rates.size
  return (locationId) => {
    const rate = rates.get(locationId)
    return rate === undefined || !(mean > 0) ? 1 : rate / mean
  }
}
