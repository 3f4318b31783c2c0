import type { ClickHouseClient } from '@clickhouse/client'
import type { Place } from '../steps/to-conversion.ts'

export type CapacityRow = { id: string; utilisation: number; minutesSeen: number; minutesFull: number }

/** How full these locations were in the hours since an instant, as view v_capacity has it by hour. */
export async function readCapacity(
  clickhouse: ClickHouseClient,
  tenant: string | null,
  places: Place[],
  sinceMs: number,
): Promise<CapacityRow[]> {
  const answer = await clickhouse.query({
    query: `
      SELECT location_id AS id, max(location_hours.utilisation) AS utilisation,
             toUInt32(sum(bitCount(seen_minutes))) AS minutesSeen, toUInt32(sum(bitCount(full_minutes))) AS minutesFull
        FROM hexroute.location_hours FINAL
       WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
         AND hour >= toStartOfHour(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         AND location_id IN {locationIds:Array(String)}
       GROUP BY id`,
    query_params: {
      everyTenant: tenant === null,
      tenant: tenant ?? '',
      sinceMs,
      locationIds: places.map(({ id }) => id),
    },
    clickhouse_settings: { max_execution_time: 10 },
    format: 'JSONEachRow',
  })
  return answer.json<CapacityRow>()
}
