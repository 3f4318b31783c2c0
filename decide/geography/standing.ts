import { territoryKinds } from '../../contracts/ruleset.ts'
import type { TerritoryEntry } from '../compile-territories.ts'

/** One owner or only sharer, several sharers, several owners of equal strength, nobody. */
export type Standing = 'covered' | 'shared' | 'contested' | 'uncovered'

/** Whose a place is by the territories that hold it: its owners where it has any, else all who share it; ids in order. */
export function standingOf(held: readonly TerritoryEntry[]): { standing: Standing; locationIds: string[] } {
  const exclusive = held.filter((territory) => territory.exclusive)
  const strongest = Math.min(...exclusive.map(({ kind }) => territoryKinds.indexOf(kind)))
  const claims = exclusive.length > 0 ? exclusive.filter(({ kind }) => kind === territoryKinds[strongest]) : held
  const locationIds = [...new Set(claims.map(({ locationId }) => locationId))].sort()
  if (locationIds.length <= 1) return { standing: locationIds.length === 1 ? 'covered' : 'uncovered', locationIds }
  return { standing: exclusive.length > 0 ? 'contested' : 'shared', locationIds }
}
