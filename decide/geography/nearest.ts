import { type Point, unitVector } from './distance.ts'

export type NearestIndex = { find: (point: Point, countMax: number) => number[] }

/**
 * The `countMax` nearest of a fixed list of points, as positions in that list, nearest first. A full scan of dot products:
 * exact everywhere (poles, antimeridian, pentagons), where a ring search over cells has to prove when it may stop, and
 * 10,000 points are three multiplications each.
 */
export function createNearestIndex(points: readonly Point[]): NearestIndex {
  const vectors = new Float64Array(points.length * 3)
  points.forEach((point, i) => {
    vectors.set(unitVector(point), i * 3)
  })
  return {
    find: (point, countMax) => {
      const [x, y, z] = unitVector(point)
      const best: { dot: number; i: number }[] = []
      for (let i = 0, at = 0; at < vectors.length; i += 1, at += 3) {
        const dot = vectors[at]! * x + vectors[at + 1]! * y + vectors[at + 2]! * z
        if (best.length === countMax && dot <= best[countMax - 1]!.dot) continue
        insertByDot(best, { dot, i })
        if (best.length > countMax) best.pop()
      }
      return best.map((entry) => entry.i)
    },
  }
}

/** Equal dots keep the order of the list, so the answer does not depend on chance. */
function insertByDot(best: { dot: number; i: number }[], entry: { dot: number; i: number }): void {
  let at = best.length
  while (at > 0 && best[at - 1]!.dot < entry.dot) at -= 1
  best.splice(at, 0, entry)
}
