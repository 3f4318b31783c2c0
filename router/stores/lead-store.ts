import type { Decision } from '../../contracts/decision.ts'
import type { Place } from '../../decide/capacity/counter.ts'
import type { Lead } from '../../decide/lead.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'

export type Routed = {
  lead: Lead
  decision: Decision
  /** The places in counters that the assignment took, and in which life of the counters; null when none was assigned. */
  reservation: { places: Place[]; epoch: string } | null
}

/** A reservation of an earlier life of the counters must not be committed: it was counted nowhere. */
export class StaleEpoch extends Error {
  readonly tenant: string
  constructor(tenant: string) {
    super(`the counters of ${tenant} were rebuilt meanwhile`)
    this.tenant = tenant
  }
}

/** The sweep gave the places back because the commit did not come in time: the lead is decided again. */
export class ReservationLost extends StaleEpoch {
  override message = 'the lease of a reservation has ended'
}

export type LeadStore = {
  /** The ids of those of these leads that are decided already. */
  known: (leads: readonly Lead[]) => Promise<Set<string>>
  /** The stored decisions of these leads, as published. */
  decisions: (leadIds: readonly string[]) => Promise<Decision[]>
  /**
   * Writes leads, decisions, candidates and reservations in one transaction. A lead that another router committed first
   * is left out. @returns the ids of the leads written. @throws StaleEpoch
   */
  commit: (routed: readonly Routed[]) => Promise<Set<string>>
}

export function createLeadStore(pool: Postgres): LeadStore {
  return {
    known: async (leads) => {
      const { rows } = await pool.query<{ lead_id: string }>(
        `SELECT lead_id FROM hexroute.lead_keys
         WHERE kind = 'lead' AND (tenant, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
        [leads.map(({ tenant }) => tenant), leads.map(({ key }) => key)],
      )
      return new Set(rows.map((row) => row.lead_id))
    },
    decisions: async (leadIds) => {
      const { rows } = await pool.query<{ document: Decision }>(
        'SELECT document FROM hexroute.decisions WHERE lead_id = ANY($1) ORDER BY attempt',
        [leadIds],
      )
      return rows.map((row) => row.document)
    },
    commit: (routed) =>
      transaction(pool, async (client) => {
        const query = <T extends object>(text: string, values: unknown[]): Promise<T[]> =>
          client.query<T & Record<string, unknown>>(text, values).then((result) => result.rows)
        await checkEpochs(query, routed)
        const written = await claimLeads(query, routed)
        const fresh = routed.filter(({ lead }) => written.has(lead.leadId))
        if (fresh.length > 0) await insertAll(query, fresh)
        return written
      }),
  }
}

type Query = <T extends object>(text: string, values: unknown[]) => Promise<T[]>

/** Shared with a rebuild's exclusive lock: while counters are folded nothing commits. Sorted, so that two never cross. */
async function checkEpochs(query: Query, routed: readonly Routed[]): Promise<void> {
  const epochs = new Map(
    routed.flatMap(({ lead, reservation }) => (reservation ? [[lead.tenant, reservation.epoch] as const] : [])),
  )
  for (const [tenant, epoch] of [...epochs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await query(`SELECT pg_advisory_xact_lock_shared(hashtextextended('hexroute.counters.' || $1, 0))`, [tenant])
    const rows = await query<{ epoch: string }>('SELECT epoch FROM hexroute.counter_epochs WHERE tenant = $1', [tenant])
    const isMixed = routed.some(
      (entry) => entry.lead.tenant === tenant && entry.reservation && entry.reservation.epoch !== epoch,
    )
    if (rows[0]?.epoch !== epoch || isMixed) throw new StaleEpoch(tenant)
  }
}

/** The primary key of lead_keys decides which router a lead belongs to. Sorted, so that two batches cannot deadlock. */
async function claimLeads(query: Query, routed: readonly Routed[]): Promise<Set<string>> {
  const rows = await query<{ lead_id: string }>(
    `INSERT INTO hexroute.lead_keys (tenant, kind, key, lead_id, lead_created_at)
     SELECT tenant, 'lead', key, lead_id, created_at
     FROM jsonb_to_recordset($1) AS r(tenant text, key text, lead_id uuid, created_at timestamptz)
     ORDER BY tenant, key
     ON CONFLICT DO NOTHING RETURNING lead_id`,
    [
      JSON.stringify(
        routed.map(({ lead }) => ({
          tenant: lead.tenant,
          key: lead.key,
          lead_id: lead.leadId,
          created_at: lead.createdAt,
        })),
      ),
    ],
  )
  return new Set(rows.map((row) => row.lead_id))
}

async function insertAll(query: Query, routed: readonly Routed[]): Promise<void> {
  await query(INSERT_LEADS, [JSON.stringify(routed.map(leadRow))])
  await query(INSERT_DECISIONS, [
    JSON.stringify(routed.map(({ decision }) => decision)),
    routed.map(({ decision }) => JSON.stringify(decision)),
  ])
  const reservations = routed.flatMap(reservationRow)
  const inserted = reservations.length > 0 ? await query(INSERT_RESERVATIONS, [JSON.stringify(reservations)]) : []
  if (inserted.length < reservations.length) throw new ReservationLost(routed[0]!.lead.tenant)
}

const leadRow = ({ lead, decision }: Routed): object => ({
  ...lead,
  attempt: decision.attempt,
  outcome: decision.outcome,
  locationId: decision.locationId,
  regionId: decision.regionId,
})

const reservationRow = ({ lead, decision, reservation }: Routed): object[] =>
  reservation
    ? [
        {
          ...lead,
          locationId: decision.locationId,
          userId: decision.userId,
          keys: reservation.places.map(({ key }) => key),
          amounts: reservation.places.map(({ amount }) => amount),
          reservedAt: decision.decidedAt,
        },
      ]
    : []

const INSERT_LEADS = `
  INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, intake_contact_id, person, place,
    attempt, outcome, location_id, region_id)
  SELECT "leadId", "createdAt", tenant, "eventId", "intakeLocationId", "intakeContactId", person, place, attempt, outcome,
    "locationId", "regionId"
  FROM jsonb_to_recordset($1) AS r("leadId" uuid, "createdAt" timestamptz, tenant text, "eventId" uuid,
    "intakeLocationId" text, "intakeContactId" text, person jsonb, place jsonb, attempt smallint, outcome text,
    "locationId" text, "regionId" text)`

const INSERT_DECISIONS = `
  INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, tier, fallback, location_id,
    region_id, why, ruleset_hash, decided_at, hash, document)
  SELECT "decisionId", "leadId", attempt, "leadCreatedAt", tenant, outcome, tier, fallback, "locationId", "regionId", why,
    "rulesetHash", "decidedAt", hash, document::json
  FROM ROWS FROM (jsonb_to_recordset($1) AS ("decisionId" uuid, "leadId" uuid, attempt smallint, "leadCreatedAt" timestamptz,
    tenant text, outcome text, tier text, fallback text, "locationId" text, "regionId" text, why text, "rulesetHash" text,
    "decidedAt" timestamptz, hash text), unnest($2::text[])) AS r("decisionId", "leadId", attempt, "leadCreatedAt", tenant,
    outcome, tier, fallback, "locationId", "regionId", why, "rulesetHash", "decidedAt", hash, document)`

/**
 * A reservation that was swept has left its instant here, without places: only a later reservation may take the row. What
 * is not returned was lost.
 */
const INSERT_RESERVATIONS = `
  INSERT INTO hexroute.reservations AS held (lead_id, attempt, tenant, location_id, user_id, counter_keys, amounts, state,
    reserved_at)
  SELECT "leadId", attempt, tenant, "locationId", "userId", ARRAY(SELECT jsonb_array_elements_text(keys)),
    ARRAY(SELECT jsonb_array_elements_text(amounts)::bigint), 'COMMITTED', "reservedAt"
  FROM jsonb_to_recordset($1) AS r("leadId" uuid, attempt smallint, tenant text, "locationId" text, "userId" text, keys jsonb,
    amounts jsonb, "reservedAt" timestamptz)
  ORDER BY "leadId", attempt
  ON CONFLICT (lead_id, attempt) DO UPDATE SET location_id = excluded.location_id, user_id = excluded.user_id,
    counter_keys = excluded.counter_keys, amounts = excluded.amounts, state = excluded.state,
    reserved_at = excluded.reserved_at, changed_at = now()
  WHERE held.state = 'RELEASED' AND held.counter_keys = '{}' AND held.reserved_at < excluded.reserved_at
  RETURNING lead_id`
