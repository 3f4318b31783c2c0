import type { ClickHouseClient } from '@clickhouse/client'
import type { Overdue } from '../steps/find-gaps.ts'
import { SETTLED_WITHIN_MS } from '../steps/unaccounted.ts'
import { ASKED_LEADS, accountingParams } from './accounting-sql.ts'

/** More at once is an outage of routing, which nobody reads through by name. */
const OVERDUE_MAX = 10_000

/** Leads that no router has decided, and assigned ones that were neither delivered nor given up, in time; oldest first. */
export async function readOverdue(
  clickhouse: ClickHouseClient,
  tenant: string | null,
  sinceMs: number,
  nowMs: number,
): Promise<Overdue[]> {
  const settledBeforeMs = nowMs - SETTLED_WITHIN_MS
  const answer = await clickhouse.query({
    query: `
      WITH ${ASKED_LEADS}
      SELECT if(outcome = '', 'undecided', 'undelivered') AS kind, tenant,
             concat(replaceOne(toString(toStartOfHour(at)), ' ', 'T'), 'Z') AS hour,
             concat(replaceOne(toString(if(outcome = '', at, last_at)), ' ', 'T'), 'Z') AS since,
             if(outcome = '', location_id, owner) AS locationId,
             toString(event) AS eventId, contact,
             if(outcome = '', NULL, toString(lead)) AS leadId
        FROM leads
       WHERE (outcome = '' AND at < fromUnixTimestamp64Milli({settledBeforeMs:Int64}, 'UTC'))
          OR (outcome = 'assigned' AND is_waiting)
       ORDER BY leads.at, tenant, eventId
       LIMIT {limit:UInt32}`,
    query_params: { ...accountingParams(tenant, sinceMs, settledBeforeMs), limit: OVERDUE_MAX },
    clickhouse_settings: { max_execution_time: 20 },
    format: 'JSONEachRow',
  })
  return answer.json<Overdue>()
}

/** Of these leads, those of which a decision is in ClickHouse. */
export async function readRecorded(clickhouse: ClickHouseClient, leadIds: string[]): Promise<Set<string>> {
  if (leadIds.length === 0) return new Set()
  const answer = await clickhouse.query({
    query: `SELECT DISTINCT toString(lead_id) AS leadId FROM hexroute.decisions WHERE lead_id IN {leadIds:Array(UUID)}`,
    query_params: { leadIds },
    clickhouse_settings: { max_execution_time: 20 },
    format: 'JSONEachRow',
  })
  return new Set((await answer.json<{ leadId: string }>()).map(({ leadId }) => leadId))
}
