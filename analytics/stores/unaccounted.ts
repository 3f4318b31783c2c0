import type { ClickHouseClient } from '@clickhouse/client'
import { findGaps, withGaps } from '../steps/find-gaps.ts'
import { type Gap, type HourCounts, SETTLED_WITHIN_MS, type UnaccountedHour } from '../steps/unaccounted.ts'
import { ASKED_LEADS, accountingParams } from './accounting-sql.ts'
import type { Stores } from './conversion.ts'
import { readKnownContacts } from './known-contacts.ts'
import { readOverdue, readRecorded } from './overdue.ts'

/** For every tenant and hour: how many leads were asked for, how they ended, and those that are nowhere. */
export async function readUnaccounted(
  stores: Stores,
  tenant: string | null,
  sinceMs: number,
): Promise<{ hours: UnaccountedHour[]; gaps: Gap[] }> {
  const [hours, { gaps, repeated }] = await Promise.all([
    readHours(stores.clickhouse, tenant, sinceMs, stores.clock()),
    readGaps(stores, tenant, sinceMs),
  ])
  return { hours: withGaps(hours, gaps, repeated), gaps }
}

/** Leads that are nowhere, and enquiries that only looked so. */
export async function readGaps(
  { clickhouse, postgres, clock }: Stores,
  tenant: string | null,
  sinceMs: number,
): Promise<ReturnType<typeof findGaps>> {
  const overdue = await readOverdue(clickhouse, tenant, sinceMs, clock())
  const leads = await readKnownContacts(
    postgres,
    overdue.filter(({ kind }) => kind === 'undecided'),
  )
  const recorded = await readRecorded(clickhouse, [...new Set(leads.values())])
  return findGaps(overdue, { leads, recorded })
}

async function readHours(
  clickhouse: ClickHouseClient,
  tenant: string | null,
  sinceMs: number,
  nowMs: number,
): Promise<HourCounts[]> {
  const answer = await clickhouse.query({
    query: `
      WITH ${ASKED_LEADS}
      SELECT tenant,
             concat(replaceOne(toString(toStartOfHour(at)), ' ', 'T'), 'Z') AS hour,
             toUInt32(count()) AS received,
             toUInt32(countIf(outcome = 'assigned')) AS assigned,
             toUInt32(countIf(outcome = 'held')) AS held,
             toUInt32(countIf(outcome = 'pond')) AS pond,
             toUInt32(countIf(outcome = 'hq')) AS hq,
             toUInt32(countIf(outcome = 'rejected')) AS rejected,
             toUInt32(countIf(outcome = '')) AS inFlight,
             toUInt32(countIf(is_reconciled)) AS reconciled,
             toUInt32(countIf(outcome = 'assigned' AND is_waiting)) AS undelivered
        FROM leads
       GROUP BY tenant, hour
       ORDER BY tenant, hour`,
    query_params: accountingParams(tenant, sinceMs, nowMs - SETTLED_WITHIN_MS),
    clickhouse_settings: { max_execution_time: 20 },
    format: 'JSONEachRow',
  })
  return answer.json<HourCounts>()
}
