import { isDeepStrictEqual } from 'node:util'
import type { RulesetDocument, Territory } from '../../contracts/ruleset.ts'
import { compileTerritories, type Spot, type TerritoryIndex, territoriesAt } from '../compile-territories.ts'
import type { Gazetteer } from './locate-lead.ts'
import { spotOfCode, spotsOfCells, spotsOfZip4 } from './spots.ts'
import { standingOf } from './standing.ts'

/** Places that went from these locations to those; empty: to or from nobody. Largest first. */
export type Move = { from: string[]; to: string[]; count: number; samples: string[] }
export type TerritoryDiff = {
  territories: { added: string[]; removed: string[]; changed: string[] }
  /** US ZIPs, ZIP+4 codes that a ruleset names, and Canadian FSAs. */
  codes: Move[]
  /** H3 cells of either index, each judged at its middle. */
  cells: Move[]
}

const SAMPLES_MAX = 20

/** What a new version of the territories changes: which were touched, and which places change hands. */
export function diffTerritories(
  before: Pick<RulesetDocument, 'territories'>,
  after: Pick<RulesetDocument, 'territories'>,
  gazetteer: Gazetteer,
): TerritoryDiff {
  const [old, next] = [compileTerritories(before.territories), compileTerritories(after.territories)]
  const codes = new Map(gazetteer.codes().map((code) => [code.code, spotOfCode(code)]))
  for (const [code, spot] of spotsOfZip4([old, next], gazetteer)) codes.set(code, spot)
  return {
    territories: changedTerritories(before.territories, after.territories),
    codes: moves(codes, old, next),
    cells: moves(spotsOfCells([old, next]), old, next),
  }
}

function changedTerritories(before: readonly Territory[], after: readonly Territory[]): TerritoryDiff['territories'] {
  const old = new Map(before.map((territory) => [territory.id, territory]))
  const next = new Map(after.map((territory) => [territory.id, territory]))
  const isChanged = (territory: Territory): boolean => {
    const known = old.get(territory.id)
    return known !== undefined && !isDeepStrictEqual(known, territory)
  }
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.filter(({ id }) => !next.has(id)).map(({ id }) => id),
    changed: after.filter(isChanged).map(({ id }) => id),
  }
}

function moves(spots: ReadonlyMap<string, Spot>, old: TerritoryIndex, next: TerritoryIndex): Move[] {
  const found = new Map<string, Move>()
  for (const [id, spot] of spots) {
    const from = standingOf(territoriesAt(old, spot)).locationIds
    const to = standingOf(territoriesAt(next, spot)).locationIds
    const [fromKey, toKey] = [from.join(), to.join()]
    if (fromKey === toKey) continue
    const move = found.get(`${fromKey}>${toKey}`) ?? { from, to, count: 0, samples: [] }
    found.set(`${fromKey}>${toKey}`, move)
    move.count += 1
    if (move.samples.length < SAMPLES_MAX) move.samples.push(id)
  }
  return [...found.values()].sort((a, b) => b.count - a.count || (a.samples[0]! < b.samples[0]! ? -1 : 1))
}
