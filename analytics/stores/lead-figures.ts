import type { ClickHouseClient } from '@clickhouse/client'
import type { Dimension } from '../../contracts/figures.ts'
import { isWhole, type Scope } from '../steps/scope.ts'
import type { Place } from '../steps/to-conversion.ts'

/** What is asked of the leads of a window. */
export type LeadQuestion = {
  scope: Scope
  /** All that the scope may see. */
  places: Place[]
  sinceMs: number
  by: Dimension
  /** IANA name; in it hours are of the day. */
  zone: string
  /** Also those won in the window and created before. */
  activity: boolean
}

export type LeadFigures = {
  id: string
  /** 1 for the sum of all rows. */
  isTotal: number
  created: number
  routed: number
  delivered: number
  contacted: number
  appointment: number
  won: number
  /** Of the routed: contacted ones, quantiles of seconds, contacted within 5 minutes. */
  met: number
  wallP50: number | null
  wallP90: number | null
  wallSoon: number
  businessP50: number | null
  businessP90: number | null
  businessSoon: number
  /** Of the routed, won now. */
  routedWon: number
  /** Won for the first time in the window and won now, whenever created. */
  activityWon: number
}

/**
 * Everything that is known of the leads created in a window (`activityWon`: or won in it), per row of a dimension and in
 * all. Quantiles are exact, those of the total are of all leads: medians do not add up. The definitions are those of the
 * views v_funnel and v_speed_to_lead. `greatest` overlooks a null: without the `if`, who was never contacted took 0 s.
 */
export async function readLeadFigures(
  clickhouse: ClickHouseClient,
  { scope, places, sinceMs, by, zone, activity }: LeadQuestion,
): Promise<LeadFigures[]> {
  const answer = await clickhouse.query({
    query: `
      SELECT multiIf({by:String} = 'location', location_id,
                     {by:String} = 'region', transform(location_id, {fromIds:Array(String)}, {toIds:Array(String)}, '_'),
                     {by:String} = 'source', lead_source, {by:String} = 'campaign', lead_campaign,
                     {by:String} = 'user', user_id, leftPad(toString(toHour(created_at, {zone:String})), 2, '0')) AS id,
             grouping(id) AS isTotal,
             toUInt32(countIf(is_new)) AS created, toUInt32(countIf(is_new AND is_routed)) AS routed,
             toUInt32(countIf(is_new AND delivered_at IS NOT NULL)) AS delivered,
             toUInt32(countIf(is_new AND contacted_at IS NOT NULL)) AS contacted,
             toUInt32(countIf(is_new AND appointment_at IS NOT NULL)) AS appointment,
             toUInt32(countIf(is_new AND status = 'won')) AS won,
             toUInt32(countIf(is_new AND is_routed AND contacted_at IS NOT NULL)) AS met,
             round(quantileExactInclusiveOrNullIf(0.5)(wall_s, is_new AND is_routed), 3) AS wallP50,
             round(quantileExactInclusiveOrNullIf(0.9)(wall_s, is_new AND is_routed), 3) AS wallP90,
             toUInt32(countIf(is_new AND is_routed AND wall_s <= 300)) AS wallSoon,
             round(quantileExactInclusiveOrNullIf(0.5)(business_s, is_new AND is_routed), 3) AS businessP50,
             round(quantileExactInclusiveOrNullIf(0.9)(business_s, is_new AND is_routed), 3) AS businessP90,
             toUInt32(countIf(is_new AND is_routed AND business_s <= 300)) AS businessSoon,
             toUInt32(countIf(is_new AND is_routed AND status = 'won')) AS routedWon,
             toUInt32(countIf(is_routed AND status = 'won' AND won_at >= since)) AS activityWon
        FROM (
          WITH fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC') AS since
          SELECT location_id, lead_source, lead_campaign, user_id, created_at, delivered_at, contacted_at, appointment_at, won_at,
                 status, since, created_at >= since AS is_new, outcome = 'assigned' AS is_routed,
                 if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000)) AS wall_s,
                 contacted_business_ms / 1000 AS business_s
            FROM hexroute.lead_lifecycle FINAL
           WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
             AND ({everyLocation:Bool} OR location_id IN {locationIds:Array(String)})
             AND (({activity:Bool} AND won_at >= since) OR (created_day >= toDate(since) AND created_at >= since))
        )
       GROUP BY GROUPING SETS ((id), ())
       ORDER BY id`,
    query_params: {
      everyTenant: scope.tenant === null,
      tenant: scope.tenant ?? '',
      everyLocation: isWhole(scope),
      locationIds: places.map(({ id }) => id),
      // Of today: a location that moved to another region takes its leads along. None stays none.
      fromIds: ['', ...places.map(({ id }) => id)],
      toIds: ['', ...places.map(({ regionId }) => regionId)],
      activity,
      sinceMs,
      by,
      zone,
    },
    clickhouse_settings: { max_execution_time: 10 },
    format: 'JSONEachRow',
  })
  return answer.json<LeadFigures>()
}
