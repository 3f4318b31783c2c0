import type { ClickHouseClient } from '@clickhouse/client'
import type { Conversion } from '../../contracts/conversion.ts'
import { type Clock, iso } from '../../kernel/clock.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Scope } from '../steps/scope.ts'
import { type By, toConversion } from '../steps/to-conversion.ts'
import { windowMs } from '../steps/window.ts'
import { readLeadCounts } from './lead-counts.ts'
import { readPlaces } from './places.ts'

export type Stores = { clickhouse: ClickHouseClient; postgres: Postgres; clock: Clock }

/** Names from Postgres, figures from ClickHouse, both limited to the scope. */
export async function readConversion(
  { clickhouse, postgres, clock }: Stores,
  scope: Scope,
  window: string,
  by: By,
): Promise<Conversion> {
  const now = clock()
  const places = await readPlaces(postgres, scope)
  const sinceMs = now - (windowMs(window) ?? 0)
  const counts = await readLeadCounts(
    clickhouse,
    scope,
    places.map((place) => place.id),
    sinceMs,
  )
  return toConversion({ places, counts, by, window, asOf: iso(now) })
}
