import type { LocationSetting } from '../../contracts/ruleset.ts'

/**
 * A location's shrunken conversion rate over the mean of all that have one; 1 for a location without a rate, which counts as
 * an average one, and for all when the mean is 0.
 */
export function compileRelativeConversion(settings: readonly LocationSetting[]): (locationId: string) => number {
  const rates = new Map<string, number>()
  for (const { locationId, conversionRate } of settings) {
    if (conversionRate !== undefined) rates.set(locationId, conversionRate)
  }
  const mean = [...rates.values()].reduce((sum, rate) => sum + rate, 0) / rates.size
  return (locationId) => (mean > 0 ? (rates.get(locationId) ?? mean) / mean : 1)
}
