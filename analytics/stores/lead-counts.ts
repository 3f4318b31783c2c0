import type { ClickHouseClient } from '@clickhouse/client'
import { isWhole, type Scope } from '../steps/scope.ts'
import type { LeadCount } from '../steps/to-conversion.ts'

/** Assigned leads created since an instant, and how many of them are won now, per location. */
export async function readLeadCounts(
  clickhouse: ClickHouseClient,
  scope: Scope,
  locationIds: string[],
  sinceMs: number,
): Promise<LeadCount[]> {
  const answer = await clickhouse.query({
    query: `
      SELECT location_id AS locationId,
             toUInt32(count()) AS leads,
             toUInt32(countIf(status = 'won')) AS won
        FROM hexroute.lead_lifecycle FINAL
       WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
         AND created_day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         AND created_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
         AND outcome = 'assigned'
         AND ({everyLocation:Bool} OR location_id IN {locationIds:Array(String)})
       GROUP BY locationId`,
    query_params: {
      everyTenant: scope.tenant === null,
      tenant: scope.tenant ?? '',
      sinceMs,
      everyLocation: isWhole(scope),
      locationIds: isWhole(scope) ? [] : locationIds,
    },
    clickhouse_settings: { max_execution_time: 10 },
    format: 'JSONEachRow',
  })
  return answer.json<LeadCount>()
}
