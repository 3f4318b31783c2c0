import type { LocationSetting, RulesetDocument, RulesetLocation, RulesetUser } from '../contracts/ruleset.ts'
import { groupBy } from './group-by.ts'
import type { Hours } from './hours/open-hours.ts'

/** All that a ruleset says of one location, found with one look-up. */
export type Site = {
  location: RulesetLocation
  setting: LocationSetting | undefined
  /** null: always open. */
  hours: Hours | null
  users: readonly RulesetUser[]
  /** Its conversion rate against the mean of those that have one; 1 without. */
  conversionRatio: number
}

export function compileSites(
  locations: readonly RulesetLocation[],
  users: readonly RulesetUser[],
  { locationSettings = [] }: RulesetDocument,
  hours: ReadonlyMap<string, Hours>,
): Map<string, Site> {
  const settings = new Map(locationSettings.map((setting) => [setting.locationId, setting]))
  const usersOf = groupBy(users, ({ locationId }) => locationId)
  const rates = locationSettings.flatMap(({ conversionRate }) => (conversionRate === undefined ? [] : [conversionRate]))
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  return new Map(
    locations.map((location) => {
      const setting = settings.get(location.id)
      const rate = setting?.conversionRate
      return [
        location.id,
        {
          location,
          setting,
          hours: hours.get(setting?.calendarId ?? '') ?? null,
          users: usersOf.get(location.id) ?? [],
          conversionRatio: rate === undefined || !(mean > 0) ? 1 : rate / mean,
        },
      ]
    }),
  )
}
