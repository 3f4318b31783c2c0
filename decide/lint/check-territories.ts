import type { Territory } from '../../contracts/ruleset.ts'
import { type Draft, type Finding, fewOf, finding } from './finding.ts'

/** One code owned by two, radii without a unit, contracts of an owner who is none. */
export function checkTerritories({ document: { territories } }: Draft): Finding[] {
  return [...doublyOwned(territories), ...territories.flatMap(checkTerritory)]
}

function checkTerritory(territory: Territory, i: number): Finding[] {
  const findings: Finding[] = []
  if (territory.kind === 'radius') {
    const units = [territory.radiusM, territory.radiusKm, territory.radiusMi].filter((radius) => radius !== undefined)
    if (units.length !== 1) {
      const message = units.length === 0 ? 'it has no radius' : `it has ${units.length} radii`
      findings.push(finding('RADIUS_UNIT', `/territories/${i}`, message, 'say one of radiusM, radiusKm and radiusMi'))
    }
  }
  if (territory.whenUnavailable !== undefined && !territory.exclusive) {
    findings.push(
      finding(
        'OWNER_CONTRACT_UNUSED',
        `/territories/${i}/whenUnavailable`,
        'a shared territory has no owner to wait for',
        'take whenUnavailable out, or make the territory exclusive',
      ),
    )
  }
  return findings
}

/** One finding for each two territories, however many codes they contest. */
function doublyOwned(territories: readonly Territory[]): Finding[] {
  const owners = new Map<string, Territory>()
  return territories.flatMap((territory, i) => {
    if (!territory.exclusive || !('codes' in territory)) return []
    const contested = new Map<Territory, string[]>()
    for (const code of territory.codes) {
      const key = `${territory.kind} ${'country' in territory ? territory.country : ''} ${code}`
      const owner = owners.get(key) ?? territory
      owners.set(key, owner)
      if (owner.locationId === territory.locationId) continue
      const codes = contested.get(owner)
      if (codes) codes.push(code)
      else contested.set(owner, [code])
    }
    return [...contested].map(([owner, codes]) =>
      finding(
        'EXCLUSIVE_CONFLICT',
        `/territories/${i}/codes`,
        `${fewOf(codes)} exclusive to ${owner.locationId} (territory ${owner.id}) and to ${territory.locationId}`,
        'take the codes out of one of them, or make both shared',
      ),
    )
  })
}
