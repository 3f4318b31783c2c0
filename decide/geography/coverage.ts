import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import { codesOf, compileTerritories, type Spot, type TerritoryIndex, territoriesAt } from '../compile-territories.ts'
import type { CodeOnMap, Gazetteer } from './locate-lead.ts'
import { createNearestIndex } from './nearest.ts'
import { spotOfCode, spotsOfCells } from './spots.ts'
import { type Standing, standingOf } from './standing.ts'

/** A ZIP, FSA or cell, and whose it is: at most `OWNERS_SHOWN` of them. */
export type CoverageSample = { id: string; locationIds: string[] }
export type CoveragePart = {
  counts: Record<Standing, number>
  samples: Record<Standing, CoverageSample[]>
}
export type Coverage = {
  /** Those in which the ruleset has codes, or a location with a territory. */
  countries: ('US' | 'CA')[]
  /** All US ZIPs and Canadian FSAs of these countries. */
  zips: CoveragePart
  /** The index's own cells, each judged at its middle; of areas of several sizes they lie over each other. */
  cells: CoveragePart
  uncoveredZips: string[]
}

const SAMPLES_MAX = 20
const OWNERS_SHOWN = 5

/** What a ruleset's territories leave to whom. The nearest within reach are not territory, and not counted here. */
export function coverageOf(
  published: Pick<PublishedRuleset, 'document' | 'locations'>,
  gazetteer: Gazetteer,
  index: TerritoryIndex = compileTerritories(published.document.territories),
): Coverage {
  const codes = gazetteer.codes()
  const countries = countriesOf(published, codes)
  const zips = emptyPart()
  const uncoveredZips: string[] = []
  for (const code of codes) {
    if (!countries.includes(code.country)) continue
    if (count(zips, index, code.code, spotOfCode(code)) === 'uncovered') uncoveredZips.push(code.code)
  }
  const cells = emptyPart()
  for (const [cell, spot] of spotsOfCells([index])) count(cells, index, cell, spot)
  return { countries, zips, cells, uncoveredZips }
}

const emptyPart = (): CoveragePart => ({
  counts: { covered: 0, shared: 0, contested: 0, uncovered: 0 },
  samples: { covered: [], shared: [], contested: [], uncovered: [] },
})

function count(part: CoveragePart, index: TerritoryIndex, id: string, spot: Spot): Standing {
  const { standing, locationIds } = standingOf(territoriesAt(index, spot))
  part.counts[standing] += 1
  const samples = part.samples[standing]
  if (samples.length < SAMPLES_MAX) samples.push({ id, locationIds: locationIds.slice(0, OWNERS_SHOWN) })
  return standing
}

function countriesOf(
  { document, locations }: Pick<PublishedRuleset, 'document' | 'locations'>,
  codes: readonly CodeOnMap[],
): Coverage['countries'] {
  const found = new Set<string>()
  const placed = new Set<string>()
  for (const territory of document.territories) {
    for (const key of codesOf(territory)) found.add(key.slice(0, 2))
    placed.add(territory.locationId)
  }
  const nearest = createNearestIndex(codes.map((code) => ({ ...code, id: code.code })))
  for (const location of locations) {
    const country = placed.has(location.id) ? nearest.find(location, 1)[0]?.place.country : undefined
    if (country) found.add(country)
  }
  return (['US', 'CA'] as const).filter((country) => found.has(country))
}
