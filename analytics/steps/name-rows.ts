import type { Dimension } from '../../contracts/figures.ts'
import type { Place } from './to-conversion.ts'

export type Subject = { id: string; name: string; regionId: string | null }

/**
 * The things that figures are of, with their names of today: places by region and name, each of them, the others by id.
 * @param empty the figures of a place without leads
 */
export function nameRows<T extends { id: string }>(
  rows: T[],
  places: Place[],
  by: Dimension,
  empty: Omit<T, 'id'>,
): (T & Subject)[] {
  const subjects = new Map<string, Subject>()
  for (const { id, name, regionId, regionName } of places) {
    if (by === 'location') subjects.set(id, { id, name, regionId })
    if (by === 'region') subjects.set(regionId, { id: regionId, name: regionName, regionId })
  }
  const rowOf = new Map(rows.map((row) => [row.id, row]))
  const known = [...subjects.values()].map(
    (subject) => ({ ...empty, ...rowOf.get(subject.id), ...subject }) as T & Subject,
  )
  const others = rows.filter(({ id }) => !subjects.has(id))
  return [...known, ...others.map((row) => ({ ...row, name: row.id || 'none', regionId: null }))]
}
