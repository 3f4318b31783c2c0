import { createHash } from 'node:crypto'

/**
 * Breaks ties by lot: the order of sha256(seed, id), then of the ids. Whoever leaves or joins changes nothing between the
 * others. Lots are drawn when a real tie asks for them: a hash costs a microsecond.
 */
export function createRendezvous(seed: string): (a: string, b: string) => number {
  const lots = new Map<string, string>()
  const lot = (id: string): string => {
    const known = lots.get(id)
    if (known !== undefined) return known
    const drawn = createHash('sha256').update(`${seed}:${id}`).digest('hex')
    lots.set(id, drawn)
    return drawn
  }
  return (a, b) => compare(lot(a), lot(b)) || compare(a, b)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
