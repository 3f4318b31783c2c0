import type { RulesetDocument, RulesetLocation } from '../../contracts/ruleset.ts'

/** One fault of a ruleset: where it is in the document, and what mends it. */
export type Fault = { path: string; fault: string; fix: string }

/** What makes a ruleset unpublishable: references into nothing, doubled ids, one code owned by two. */
export function checkRuleset(document: RulesetDocument, locations: readonly RulesetLocation[]): Fault[] {
  const known = new Set(locations.map(({ id }) => id))
  const dangling = (path: string, locationId: string): Fault[] =>
    known.has(locationId)
      ? []
      : [{ path, fault: `there is no location ${locationId}`, fix: 'create the location first, or correct the id' }]
  return [
    ...document.territories.flatMap(({ locationId }, i) => dangling(`/territories/${i}/locationId`, locationId)),
    ...document.caps.flatMap(({ locationId }, i) => dangling(`/caps/${i}/locationId`, locationId)),
    ...doubled(
      document.territories.map(({ id }) => id),
      (i) => `/territories/${i}/id`,
      'give each territory its own id',
    ),
    ...doubled(
      document.caps.map(({ locationId, metric, window }) => `${locationId} ${metric} ${window}`),
      (i) => `/caps/${i}`,
      'keep one cap per location, metric and window',
    ),
    ...doublyOwned(document),
  ]
}

function doubled(keys: readonly string[], path: (i: number) => string, fix: string): Fault[] {
  const first = new Set<string>()
  return keys.flatMap((key, i) => {
    if (!first.has(key)) {
      first.add(key)
      return []
    }
    return [{ path: path(i), fault: `${key} stands twice`, fix }]
  })
}

function doublyOwned({ territories }: RulesetDocument): Fault[] {
  const owners = new Map<string, string>()
  return territories.flatMap((territory, i) => {
    if (territory.kind !== 'zip' || !territory.exclusive) return []
    return territory.codes.flatMap((code) => {
      const key = `${territory.country}:${code}`
      const owner = owners.get(key)
      if (owner === undefined || owner === territory.locationId) {
        owners.set(key, territory.locationId)
        return []
      }
      const fault = `${code} is exclusive to ${owner} and to ${territory.locationId}`
      return [{ path: `/territories/${i}/codes`, fault, fix: 'take the code out of one of them, or make both shared' }]
    })
  })
}
