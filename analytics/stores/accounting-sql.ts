/** How long before the first hour a contact's first enquiry may lie: later ones of the same contact make no lead. */
const EARLIER_MS = 14 * 86_400_000

/**
 * Every lead that was asked for since an instant, with the decision that holds: one row per contact of an intake
 * sub-account. Its hour is that of its first enquiry.
 */
export const ASKED_LEADS = `
      asked AS (
        SELECT tenant, location_id, multiIf(contact_id != '', contact_id, entity_id != '', entity_id, toString(event_id)) AS contact,
               min(received_at) AS first_at, argMin(origin, received_at) AS first_origin,
               argMin(event_id, received_at) AS first_event, groupUniqArray(event_id) AS ids
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
        SELECT event_id, argMax(outcome, attempt) AS outcome, argMax(lead_id, attempt) AS lead,
               argMax(location_id, attempt) AS owner, argMax(decided_at, attempt) AS last_at,
               argMax((lead_id, attempt), attempt) NOT IN (SELECT lead_id, attempt FROM ended)
                 AND last_at < fromUnixTimestamp64Milli({settledBeforeMs:Int64}, 'UTC') AS is_waiting
          FROM hexroute.decisions FINAL
         WHERE ({everyTenant:Bool} OR tenant = {tenant:String})
           AND received_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
         GROUP BY event_id
      ),
      leads AS (
        SELECT tenant, location_id, contact, min(first_at) AS at, max(decided.outcome) AS outcome,
               max(first_origin = 'reconcile') AS is_reconciled, max(decided.is_waiting) AS is_waiting,
               any(first_event) AS event, max(decided.lead) AS lead, max(decided.owner) AS owner, max(decided.last_at) AS last_at
          FROM (SELECT tenant, location_id, contact, first_at, first_origin, first_event, arrayJoin(ids) AS event_id FROM asked) AS enquiry
          LEFT JOIN decided ON decided.event_id = enquiry.event_id
         GROUP BY tenant, location_id, contact
      )`

/** @param settledBeforeMs what happened before this instant must have gone on by now; ms since the epoch */
export const accountingParams = (tenant: string | null, sinceMs: number, settledBeforeMs: number) => ({
  everyTenant: tenant === null,
  tenant: tenant ?? '',
  sinceMs,
  earlierMs: EARLIER_MS,
  settledBeforeMs,
})
