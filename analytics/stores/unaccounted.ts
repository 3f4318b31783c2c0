import type { ClickHouseClient } from '@clickhouse/client'
import type { Scope } from '../steps/scope.ts'
import type { UnaccountedHour } from '../steps/unaccounted.ts'

/** How long before the first hour a contact's first enquiry may lie: later ones of the same contact make no lead. */
const EARLIER_MS = 14 * 86_400_000
/** Longer than any delivery in order takes, retries of a GHL that stumbles included. */
const DELIVERED_WITHIN_MS = 15 * 60_000

/**
 * For every tenant and hour: how many leads were asked for, how they ended, and how many have not. A lead is a contact
 * of an intake sub-account; its hour is that of its first enquiry.
 */
export async function readUnaccounted(
  clickhouse: ClickHouseClient,
  scope: Scope,
  sinceMs: number,
  nowMs: number,
): Promise<UnaccountedHour[]> {
  const answer = await clickhouse.query({
    query: `
      WITH asked AS (
        SELECT tenant, location_id, multiIf(contact_id != '', contact_id, entity_id != '', entity_id, toString(event_id)) AS contact,
               min(received_at) AS first_at, argMin(origin, received_at) AS first_origin, groupUniqArray(event_id) AS ids
          FROM hexroute.events
         WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
           AND type IN ('ContactCreate', 'WorkflowWebhook') AND intake AND parked = ''
           AND received_at >= fromUnixTimestamp64Milli({sinceMs:Int64} - {earlierMs:Int64}, 'UTC')
         GROUP BY tenant, location_id, contact
        HAVING first_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
      ),
      ended AS (
        SELECT lead_id, attempt
          FROM hexroute.deliveries
         WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
           AND received_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
      ),
      decided AS (
        SELECT event_id, argMax(outcome, attempt) AS outcome,
               argMax((lead_id, attempt), attempt) NOT IN (SELECT lead_id, attempt FROM ended)
                 AND argMax(decided_at, attempt) < fromUnixTimestamp64Milli({deliveredBeforeMs:Int64}, 'UTC') AS is_waiting
          FROM hexroute.decisions FINAL
         WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
           AND received_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
         GROUP BY event_id
      ),
      leads AS (
        SELECT tenant, location_id, contact, min(first_at) AS at, max(decided.outcome) AS outcome,
               max(first_origin = 'reconcile') AS is_reconciled, max(decided.is_waiting) AS is_waiting
          FROM (SELECT tenant, location_id, contact, first_at, first_origin, arrayJoin(ids) AS event_id FROM asked) AS enquiry
          LEFT JOIN decided ON decided.event_id = enquiry.event_id
         GROUP BY tenant, location_id, contact
      )
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
    query_params: {
      everyTenant: scope.tenant === null,
      tenant: scope.tenant ?? '',
      sinceMs,
      earlierMs: EARLIER_MS,
      deliveredBeforeMs: nowMs - DELIVERED_WITHIN_MS,
    },
    clickhouse_settings: { max_execution_time: 20 },
    format: 'JSONEachRow',
  })
  return answer.json<UnaccountedHour>()
}
