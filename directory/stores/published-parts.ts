import type { Postgres } from '../../kernel/postgres.ts'
import type { Page } from './organisation-store.ts'

export const publishedSections = ['territories', 'caps', 'calendars'] as const
export type PublishedSection = (typeof publishedSections)[number]

export type PublishedParts = {
  /** Entries of one section in the document's order, after so many. */
  list: (tenant: string, section: PublishedSection, after: number, countMax: number) => Promise<Page<unknown>>
}

export const createPublishedParts = (pool: Postgres): PublishedParts => ({
  list: async (tenant, section, after, countMax) => {
    const { rows } = await pool.query<{ item: Record<string, unknown> }>(
      `SELECT e.item FROM hexroute.rulesets r,
         jsonb_array_elements(coalesce(r.document -> $2, '[]')) WITH ORDINALITY AS e(item, ordinal)
       WHERE r.tenant = $1 AND r.state = 'published' AND e.ordinal > $3 ORDER BY e.ordinal LIMIT $4`,
      [tenant, section, after, countMax + 1],
    )
    const items = rows.slice(0, countMax).map(({ item }) => item)
    return { items, next: rows.length > countMax ? String(after + countMax) : null }
  },
})
