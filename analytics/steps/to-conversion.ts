import type { Conversion, ConversionRow } from '../../contracts/conversion.ts'
import { unknownToken } from '../../contracts/streams.ts'

export type Place = { id: string; name: string; regionId: string; regionName: string }
export type LeadCount = { locationId: string; leads: number; won: number }
export type By = 'location' | 'region'

export type ConversionInput = {
  /** In the order of the answer. */
  places: Place[]
  counts: LeadCount[]
  by: By
  window: string
  asOf: string
  definition?: Conversion['definition']
}

/**
 * Counts per location to the answer. A location without leads has a row too; leads of a location that is no longer in
 * the organisation keep a row under its id, so that the rows always add up to the total.
 */
export function toConversion({ places, counts, by, window, asOf, definition = 'cohort' }: ConversionInput): Conversion {
  const countOf = new Map(counts.map((count) => [count.locationId, count]))
  const known = new Set(places.map((place) => place.id))
  const located = places.map((place) => ({ place, count: countOf.get(place.id) ?? { leads: 0, won: 0 } }))
  const gone = counts
    .filter((count) => !known.has(count.locationId))
    .map((count) => ({
      place: { id: count.locationId, name: count.locationId, regionId: null, regionName: unknownToken },
      count,
    }))
  const all = [...located, ...gone]
  const rows = new Map<string, ConversionRow>()
  for (const { place, count } of all) {
    const id = by === 'location' ? place.id : (place.regionId ?? unknownToken)
    const row = rows.get(id) ?? {
      id,
      name: by === 'location' ? place.name : place.regionName,
      regionId: place.regionId,
      leads: 0,
      won: 0,
      rate: null,
    }
    rows.set(id, withRate({ ...row, leads: row.leads + count.leads, won: row.won + count.won }))
  }
  const total = all.reduce(
    (sum, { count }) => ({ leads: sum.leads + count.leads, won: sum.won + count.won, rate: null }),
    { leads: 0, won: 0, rate: null },
  )
  return {
    metric: 'conversion',
    definition,
    window,
    by,
    asOf,
    total: withRate(total),
    rows: [...rows.values()],
  }
}

export const withRate = <T extends { leads: number; won: number; rate: number | null }>(row: T): T => ({
  ...row,
  rate: row.leads === 0 ? null : row.won / row.leads,
})
