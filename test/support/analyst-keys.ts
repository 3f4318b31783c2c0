import { randomUUID } from 'node:crypto'
import type { AnalyticsRig } from './analytics-rig.ts'

export type AnalystIds = Record<'north' | 'one' | 'whole' | 'moved' | 'odd' | 'revoked', string>

/** Keys of a region, a location, an agency, a region that lost a lead and one with odd names; one revoked; others' roles. */
export async function seedAnalystKeys(rig: AnalyticsRig): Promise<AnalystIds> {
  const id = (): string => randomUUID()
  const ids = { north: id(), one: id(), whole: id(), moved: id(), odd: id(), revoked: id() }
  const odd = ["') OR 1=1 --", "\\') OR (\\'1\\'=\\'1", 'a;\nb {{user}}']
  await rig.key({ keyId: ids.north, role: 'analyst', regionIds: ['north'] })
  await rig.key({ keyId: ids.one, role: 'analyst', locationIds: ['north1'] })
  await rig.key({ keyId: ids.whole, role: 'analyst' })
  await rig.key({ keyId: ids.moved, role: 'analyst', regionIds: ['moved_from'] })
  await rig.key({ keyId: ids.odd, role: 'analyst', regionIds: odd })
  await rig.key({ keyId: ids.revoked, role: 'analyst' })
  await rig.postgres.query('UPDATE hexroute.access_keys SET revoked_at = now() WHERE id = $1', [ids.revoked])
  for (const role of ['admin', 'region_manager', 'widget'] as const) await rig.key({ role })
  return ids
}

/** A lead that was a region's and is another's now, in two parts that no merge has joined. Gives its id. */
export async function decideTwice(rig: AnalyticsRig): Promise<string> {
  const leadId = randomUUID()
  for (const [attempt, region] of [[1, 'moved_from'] as const, [2, 'moved_to'] as const]) {
    const decision = {
      ...{ tenant: 'agencyA', decision_id: randomUUID(), lead_id: leadId, attempt, outcome: 'assigned' },
      ...{ region_id: region, location_id: region, decided_at: '2026-03-02 00:00:00', stream_seq: attempt },
      lead_created_at: '2026-03-02 00:00:00',
    }
    await rig.clickhouse.insert({ table: 'hexroute.decisions', values: [decision], format: 'JSONEachRow' })
  }
  return leadId
}
