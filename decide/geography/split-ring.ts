/** [longitude, latitude] as in GeoJSON. */
export type Vertex = readonly [number, number]
export type Ring = readonly Vertex[]

/** A vertex, and how many times the ring has gone eastwards round the Earth before it. */
type Turned = { x: number; y: number; turn: number }

/**
 * The ring as closed pieces within -180 to 180 degrees. A step of more than 180 degrees goes the short way, over the
 * antimeridian; one of exactly 360 is a line round the Earth, as drawn. A ring that goes round a pole is closed over the pole of
 * its hemisphere. Coordinates are never shifted and put back: two rings with a common edge keep it bit by bit.
 */
export function splitRing(ring: Ring): Vertex[][] {
  const path = closePath(ring)
  const turns = [...new Set(path.map(({ turn }) => turn))]
  if (turns.length === 1) return [path.map(({ x, y }) => [x, y] as const)]
  const [first, last] = [Math.min(...turns), Math.max(...turns)]
  return Array.from({ length: last - first + 1 }, (_, i) => clip(path, first + i)).filter((piece) => piece.length > 0)
}

function closePath(ring: Ring): Turned[] {
  const path: Turned[] = []
  let turn = 0
  let previous = ring[0]?.[0] ?? 0
  for (const [x, y] of ring) {
    turn += turnOf(x - previous)
    previous = x
    path.push({ x, y, turn })
  }
  const first = path[0]
  if (!first) return path
  turn += turnOf(first.x - previous)
  if (turn === 0) return path
  const pole = ring.reduce((sum, [, y]) => sum + y, 0) >= 0 ? 90 : -90
  return [...path, { ...first, turn }, { x: first.x, y: pole, turn }, { x: first.x, y: pole, turn: 0 }]
}

function turnOf(step: number): number {
  if (Math.abs(step) <= 180 || Math.abs(step) >= 360) return 0
  return step > 0 ? -1 : 1
}

/** The part of the path within one turn; what leaves over a border comes back along it. */
function clip(path: readonly Turned[], turn: number): Vertex[] {
  return path.flatMap((a, i) => {
    const b = path[(i + 1) % path.length]!
    const vertices: Vertex[] = a.turn === turn ? [[a.x, a.y]] : []
    const [low, high] = a.turn < b.turn ? [a, b] : [b, a]
    const crossings: Vertex[] = []
    if (low.turn < turn && high.turn >= turn) crossings.push([-180, latitudeAt(low, high, turn - 1)])
    if (low.turn <= turn && high.turn > turn) crossings.push([180, latitudeAt(low, high, turn)])
    return vertices.concat(low === a ? crossings : crossings.reverse())
  })
}

/** Where the edge crosses the eastern border of a turn. Always worked out from its western end. */
function latitudeAt(low: Turned, high: Turned, turn: number): number {
  const west = low.x + 360 * (low.turn - turn)
  const east = high.x + 360 * (high.turn - turn)
  return low.y + ((high.y - low.y) * (180 - west)) / (east - west)
}
