import type { Decision } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { tenant } from './form-events.ts'

/** A decision that delivery has parked: its row of the ledger, an open outage unless the location has one, and what is published. */
export async function parkedDelivery(pool: Postgres, decision: Decision): Promise<Delivery> {
  const { leadId, attempt, locationId, regionId, decidedAt, leadCreatedAt } = decision
  const at = { decidedAt, deliveredAt: decidedAt, leadCreatedAt }
  await pool.query(
    `WITH outage AS (
       INSERT INTO hexroute.location_outages (location_id, tenant, code) VALUES ($4, $3, 'LOCATION_INACTIVE')
       ON CONFLICT (location_id) WHERE ended_at IS NULL DO NOTHING)
     INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state, tries) VALUES ($1, $2, $3, $4, 'parked', 1)
     ON CONFLICT DO NOTHING`,
    [leadId, attempt, tenant, locationId],
  )
  const id = { deliveryId: `${leadId}:${attempt}`, leadId, attempt, tenant, locationId: locationId!, regionId }
  const code = { contactId: null, opportunityId: null, errorCode: 'LOCATION_INACTIVE', tries: 1 }
  return { ...id, state: 'parked', ...code, ...at }
}
