import type { RulesetDocument, Territory } from '../../contracts/ruleset.ts'
import { type Area, compileArea } from './area.ts'
import { meetingOfAreas } from './area-meeting.ts'
import { distanceM, EARTH_RADIUS_M, type Point, toPoint, unitVector } from './distance.ts'
import { radiusM } from './radius.ts'

/** Two exclusive territories of one kind and of different locations that both hold `at`: `28.10000,-82.40000`. */
export type OverlappingExclusives = { territoryId: string; otherTerritoryId: string; at: string }

type Radius = Extract<Territory, { kind: 'radius' }>
type Shape = { territory: Territory; area: Area | null; south: number; north: number }

const DEGREES_PER_METRE = 180 / (Math.PI * EARTH_RADIUS_M)

/**
 * Exclusive shapes that claim the same ground with the same strength, where only chance could choose the owner. Neighbours that
 * share a border do not overlap, nor do those whose drawings differ by less than some ten metres along it. Lists of codes are
 * compared by the lint itself.
 */
export function overlappingExclusives({ territories }: Pick<RulesetDocument, 'territories'>): OverlappingExclusives[] {
  const shapes = territories.flatMap(toShape).sort((a, b) => a.south - b.south)
  const found: OverlappingExclusives[] = []
  for (const [i, a] of shapes.entries()) {
    // In order of their southern ends: who begins north of this one's end cannot meet it, nor can all after him.
    for (let k = i + 1; k < shapes.length && shapes[k]!.south <= a.north; k += 1) {
      const b = shapes[k]!
      if (a.territory.kind !== b.territory.kind || a.territory.locationId === b.territory.locationId) continue
      const at = meeting(a, b)
      if (at) found.push(toFinding(a.territory, b.territory, at))
    }
  }
  return found
}

function toFinding(a: Territory, b: Territory, at: Point): OverlappingExclusives {
  const [first, second] = a.id < b.id ? [a, b] : [b, a]
  const text = `${at.latitude.toFixed(5)},${at.longitude.toFixed(5)}`
  return { territoryId: first.id, otherTerritoryId: second.id, at: text }
}

function toShape(territory: Territory): Shape[] {
  if (!territory.exclusive || 'codes' in territory) return []
  if (territory.kind === 'radius') {
    const reach = radiusM(territory) * DEGREES_PER_METRE
    return [{ territory, area: null, south: territory.latitude - reach, north: territory.latitude + reach }]
  }
  const area = compileArea(territory.polygons)
  let south = 90
  let north = -90
  for (let i = 1; i < area.edges.length; i += 2) {
    south = Math.min(south, area.edges[i]!)
    north = Math.max(north, area.edges[i]!)
  }
  return [{ territory, area, south, north }]
}

function meeting(a: Shape, b: Shape): Point | null {
  if (a.area && b.area) return meetingOfAreas(a.area, b.area)
  if (a.territory.kind !== 'radius' || b.territory.kind !== 'radius') return null
  return meetingOfCircles(a.territory, b.territory)
}

/** A point of both circles on the line between their centres. */
function meetingOfCircles(a: Radius, b: Radius): Point | null {
  const apartM = distanceM(a, b)
  const [reachA, reachB] = [radiusM(a), radiusM(b)]
  if (apartM > reachA + reachB) return null
  // Both hold what is from `apart - reachB` to `reachA` along the way from a to b.
  const alongM = (Math.max(0, apartM - reachB) + Math.min(apartM, reachA)) / 2
  const [x, y, z] = unitVector(a)
  const [u, v, w] = unitVector(b)
  if (apartM === 0) return { latitude: a.latitude, longitude: a.longitude }
  const ofA = Math.sin((apartM - alongM) / EARTH_RADIUS_M)
  const ofB = Math.sin(alongM / EARTH_RADIUS_M)
  return toPoint(x * ofA + u * ofB, y * ofA + v * ofB, z * ofA + w * ofB)
}
