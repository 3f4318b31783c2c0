/**
 * What lies in the cells of one resolution, in three flat arrays: about 20 bytes a cell, where a map of lists takes 150.
 * A cell is known by the last 13 hexadecimal digits of its H3 index, 52 bits, which a double holds exactly; the digits before
 * them say the resolution only.
 */
export type CellLayer = {
  resolution: number
  /** Keys of the cells, rising. */
  keys: Float64Array
  /** Claims of cell i: from `starts[i]` to `starts[i + 1]`. */
  starts: Uint32Array
  /** Twice the territory's position, plus one where the exact shape has to decide. */
  claims: Uint32Array
}

export function buildCellLayer(resolution: number, claimsByCell: ReadonlyMap<number, readonly number[]>): CellLayer {
  const keys = Float64Array.from(claimsByCell.keys()).sort()
  const starts = new Uint32Array(keys.length + 1)
  keys.forEach((key, i) => {
    starts[i + 1] = starts[i]! + claimsByCell.get(key)!.length
  })
  const claims = new Uint32Array(starts[keys.length]!)
  keys.forEach((key, i) => {
    claims.set(claimsByCell.get(key)!, starts[i])
  })
  return { resolution, keys, starts, claims }
}

/** Position of the cell in the layer, -1 when nothing lies in it. */
export function findCell({ keys }: CellLayer, cell: string): number {
  const wanted = cellKey(cell)
  let from = 0
  let to = keys.length - 1
  while (from <= to) {
    const middle = (from + to) >> 1
    const key = keys[middle]!
    if (key === wanted) return middle
    if (key < wanted) from = middle + 1
    else to = middle - 1
  }
  return -1
}

export const cellKey = (cell: string): number => Number.parseInt(cell.slice(2), 16)

/** The H3 index, hexadecimal. */
export const cellName = (resolution: number, key: number): string =>
  `8${resolution.toString(16)}${key.toString(16).padStart(13, '0')}`
