import { cellToParent, getResolution } from 'h3-js'

/** H3 cell of the leads' places; `unserved` are with no location now. */
export type Demand = { cell: string; leads: number; unserved: number }

/** Edge of some 60 km: who is alone in that has no place on a map. */
const COARSEST = 3

/**
 * Cells that each hold at least `leadsMin` leads, so that no person is found by his cell: one with fewer goes into its
 * parent, together with its like, until they are enough. A merged cell counts what was merged into it, not what stands
 * for itself on it.
 * @param resolution the finest wanted, 3 to 7
 * @returns the cells, coarse ones first, and how many leads are in none of them
 */
export function mergeCells(
  demand: Demand[],
  { resolution, leadsMin }: { resolution: number; leadsMin: number },
): { cells: Demand[]; withheld: number } {
  const cells: Demand[] = []
  let level = sumBy(demand, ({ cell }) => (getResolution(cell) > resolution ? cellToParent(cell, resolution) : cell))
  for (let at = resolution; at >= COARSEST; at -= 1) {
    const isEnough = ({ leads }: Demand): boolean => leads >= leadsMin
    cells.unshift(...level.filter(isEnough))
    const few = level.filter((entry) => !isEnough(entry))
    if (at === COARSEST) return { cells, withheld: few.reduce((sum, { leads }) => sum + leads, 0) }
    level = sumBy(few, ({ cell }) => (getResolution(cell) >= at ? cellToParent(cell, at - 1) : cell))
  }
  return { cells, withheld: 0 }
}

function sumBy(demand: Demand[], cellOf: (entry: Demand) => string): Demand[] {
  const sums = new Map<string, Demand>()
  for (const entry of demand) {
    const cell = cellOf(entry)
    const { leads, unserved } = sums.get(cell) ?? { leads: 0, unserved: 0 }
    sums.set(cell, { cell, leads: leads + entry.leads, unserved: unserved + entry.unserved })
  }
  return [...sums.values()].sort((a, b) => (a.cell < b.cell ? -1 : 1))
}
