import type { ClickHouseClient } from '@clickhouse/client'
import type { Demand } from '../steps/merge-cells.ts'
import { isWhole, type Scope } from '../steps/scope.ts'
import type { Place } from '../steps/to-conversion.ts'

/** Leads created since an instant per H3 cell of resolution 7, and those with no location now, as v_unserved_demand. */
export async function readDemand(
  clickhouse: ClickHouseClient,
  scope: Scope,
  places: Place[],
  sinceMs: number,
): Promise<Demand[]> {
  const answer = await clickhouse.query({
    query: `
      SELECT h3ToString(lead_lifecycle.cell) AS cell, toUInt32(count()) AS leads,
             toUInt32(countIf(outcome NOT IN ('assigned', ''))) AS unserved
        FROM hexroute.lead_lifecycle FINAL
       WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
         AND created_day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         AND created_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
         AND lead_lifecycle.cell != 0
         AND ({everyLocation:Bool} OR location_id IN {locationIds:Array(String)})
       GROUP BY cell`,
    query_params: {
      everyTenant: scope.tenant === null,
      tenant: scope.tenant ?? '',
      sinceMs,
      everyLocation: isWhole(scope),
      locationIds: isWhole(scope) ? [] : places.map(({ id }) => id),
    },
    clickhouse_settings: { max_execution_time: 10 },
    format: 'JSONEachRow',
  })
  return answer.json<Demand>()
}
