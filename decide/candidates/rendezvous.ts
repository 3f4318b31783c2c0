import { hash } from 'node:crypto'

/**
 * Breaks ties by lot: the order of sha256(seed, id), then of the ids. Whoever leaves or joins changes nothing between the
 * others. Lots are drawn when a real tie asks for them: a hash costs a microsecond.
 */
export function createRendezvous(seed: string): (a: string, b: string) => number {
  let lots: Map<string, string> | undefined
  return (a, b) => {
    lots ??= new Map()
    return compare(lotOf(a, seed, lots), lotOf(b, seed, lots)) || compare(a, b)
  }
}

function lotOf(id: string, seed: string, lots: Map<string, string>): string {
  const known = lots.get(id)
  if (known !== undefined) return known
  const drawn = hash('sha256', `${seed}:${id}`, 'hex')
  lots.set(id, drawn)
  return drawn
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
