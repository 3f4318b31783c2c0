import type { Directory } from './directory.ts'

/** What people call a location; its id where the key may not know. */
export type Names = (id: string) => string

const PAGE = 999

/** Reads the names once; an answer without names is better than none. */
export async function readNames(directory: Directory): Promise<Names> {
  const names = new Map<string, string>()
  try {
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page = await directory<Page>(
        'GET',
        `/v1/locations?limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`,
      )
      for (const { id, name } of page.items) names.set(id, name)
      cursor = page.next
    }
  } catch {
    return (id) => id
  }
  return (id) => names.get(id) ?? id
}

type Page = { items: { id: string; name: string }[]; next: string | null }
