import type { LiveDecision } from '../../contracts/conversion.ts'
import { iso } from '../../kernel/clock.ts'
import type { Cursor, FeedItem } from '../live/cursor.ts'
import type { Stores } from './conversion.ts'
import { readPlaces } from './places.ts'

/** How far back the feed reaches: it is a live view, not an archive. */
const FEED_MS_MAX = 7 * 86_400_000

type Row = Omit<LiveDecision, 'locationName' | 'decidedAt'> & { decidedMs: string; ms: string; seq: string }

/** The newest decisions after a cursor, of all locations of a tenant or of some; oldest first. */
export async function readFeed(
  stores: Stores,
  tenant: string | null,
  locationIds: string[] | null,
  after: Cursor | null,
  limit: number,
): Promise<FeedItem[]> {
  const places = await readPlaces(stores.postgres, { tenant, regionIds: [], locationIds: [] })
  const nameOf = new Map(places.map((place) => [place.id, place.name]))
  const answer = await stores.clickhouse.query({
    query: `
      SELECT toString(decision_id) AS decisionId, toString(lead_id) AS leadId,
             toString(toUnixTimestamp64Milli(decided_at)) AS decidedMs,
             outcome, nullIf(tier, '') AS tier, nullIf(location_id, '') AS locationId, nullIf(region_id, '') AS regionId,
             why, toString(toUnixTimestamp64Milli(received_at)) AS ms, toString(stream_seq) AS seq
        FROM hexroute.decisions AS decisions FINAL
       WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
         AND ({everyLocation:Bool} OR location_id IN {locationIds:Array(String)})
         AND received_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
         AND (received_at, stream_seq) > (fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC'), {afterSeq:UInt64})
       ORDER BY decisions.received_at DESC, stream_seq DESC
       LIMIT {limit:UInt32}`,
    query_params: {
      everyTenant: tenant === null,
      tenant: tenant ?? '',
      everyLocation: locationIds === null,
      locationIds: locationIds ?? [],
      fromMs: Math.max(after?.ms ?? 0, stores.clock() - FEED_MS_MAX),
      afterMs: after?.ms ?? 0,
      afterSeq: after?.seq ?? 0,
      limit,
    },
    clickhouse_settings: { max_execution_time: 10 },
    format: 'JSONEachRow',
  })
  const rows = await answer.json<Row>()
  return rows.map((row) => toItem(row, nameOf)).reverse()
}

function toItem({ decidedMs, ms, seq, ...row }: Row, nameOf: Map<string, string>): FeedItem {
  const locationName = row.locationId === null ? null : (nameOf.get(row.locationId) ?? row.locationId)
  return {
    cursor: { ms: Number(ms), seq: Number(seq) },
    decision: { ...row, decidedAt: iso(Number(decidedMs)), locationName },
  }
}
