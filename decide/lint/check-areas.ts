import { type Finding, fewOf, finding } from './finding.ts'

/** Postal codes that no territory holds. */
export type Coverage = { uncoveredZips: readonly string[] }
/** Two exclusive territories, of different locations, that both hold some place: `28.1,-82.4` or a cell. */
export type Overlap = { territoryId: string; otherTerritoryId: string; at: string }

/** Findings of geography, which is compiled elsewhere and given here. */
export function checkAreas(
  territoryIds: readonly string[],
  coverage: Coverage | undefined,
  overlaps: readonly Overlap[],
): Finding[] {
  const uncovered = coverage?.uncoveredZips ?? []
  const missing = finding(
    'UNCOVERED_ZIPS',
    '/territories',
    `no territory holds ${uncovered.length} ZIPs: ${fewOf(uncovered)}`,
    'add them to a territory, or let nearestMaxM reach them',
  )
  return [
    ...(uncovered.length > 0 ? [missing] : []),
    ...overlaps.map(({ territoryId, otherTerritoryId, at }) =>
      finding(
        'OVERLAPPING_EXCLUSIVE',
        `/territories/${territoryIds.indexOf(otherTerritoryId)}`,
        `${territoryId} and ${otherTerritoryId} are both exclusive and meet at ${at}`,
        'draw one of them smaller, or make both shared',
      ),
    ),
  ]
}
