/** $1 tenant · $2 contacts · $3 phones and $4 e-mails as sha256. */
export const FIND = `
  WITH named AS (
    SELECT lead_id, lead_created_at FROM hexroute.lead_identities
    WHERE tenant = $1 AND (kind, value) IN (
      SELECT 'contact', unnest($2::text[]) UNION ALL SELECT 'phone', unnest($3::text[])
      UNION ALL SELECT 'email', unnest($4::text[]))
    UNION
    SELECT lead_id, lead_created_at FROM hexroute.lead_keys WHERE tenant = $1 AND kind = 'contact' AND key = ANY($2)
  )
  SELECT l.lead_id AS "leadId", l.created_at AS "createdAt", l.place,
    jsonb_path_query_array(jsonb_build_array(l.person, l.person_latest), '$[*] ? (@ != null)') AS people,
    (SELECT coalesce(jsonb_agg(DISTINCT contact), '[]') FROM (
       SELECT l.intake_location_id || '/' || l.intake_contact_id AS contact
       UNION ALL SELECT d.location_id || '/' || d.contact_id FROM hexroute.deliveries d WHERE d.lead_id = l.lead_id) c
     WHERE contact IS NOT NULL) AS contacts,
    (SELECT coalesce(jsonb_agg(c.attempt), '[]') FROM hexroute.decisions c
     WHERE c.lead_id = l.lead_id AND c.lead_created_at = l.created_at AND (c.outcome <> 'assigned' OR EXISTS (
       SELECT FROM hexroute.deliveries d WHERE d.lead_id = c.lead_id AND d.attempt = c.attempt
         AND d.state NOT IN ('started', 'contact')))) AS "settledAttempts",
    EXISTS (SELECT FROM hexroute.deliveries d WHERE d.lead_id = l.lead_id AND d.state IN ('started', 'contact')
      AND d.error_code IS NULL) AS "isBeingWritten"
  FROM named JOIN hexroute.leads l ON l.lead_id = named.lead_id AND l.created_at = named.lead_created_at
  WHERE l.person <> '{}' ORDER BY l.lead_id`

/** $1 lead · $2 its creation · $3 its place. The ordinal of the key stays: the contact's next enquiry counts on from it. */
export const ERASE_LEAD = `
  WITH key AS (
    SELECT 'erased/' || lead_id || coalesce(substring(lead_key FROM '#\\d+$'), '') AS key
    FROM hexroute.leads WHERE lead_id = $1 AND created_at = $2
  ), held AS (
    UPDATE hexroute.lead_keys k SET key = key.key FROM key WHERE k.lead_id = $1 AND k.kind = 'lead'
  ), tombstone AS (
    INSERT INTO hexroute.lead_identities (tenant, kind, value, lead_id, lead_created_at)
    SELECT tenant, kind, 'erased:' || encode(sha256(convert_to(value, 'UTF8')), 'hex'), lead_id, lead_created_at
    FROM hexroute.lead_identities WHERE lead_id = $1 AND kind = 'contact' AND value NOT LIKE 'erased:%'
    ON CONFLICT DO NOTHING
  )
  UPDATE hexroute.leads l SET person = '{}', person_latest = NULL, person_latest_at = NULL, intake_contact_id = NULL,
    lead_key = key.key, place = $3
  FROM key WHERE l.lead_id = $1 AND l.created_at = $2`

/** Each with $1: the leads. Nobody decides, holds, offers or watches them any more; what they count for stays. */
export const ERASE_OF_LEADS = [
  `DELETE FROM hexroute.lead_identities WHERE lead_id = ANY($1) AND NOT (kind = 'contact' AND value LIKE 'erased:%')`,
  `DELETE FROM hexroute.lead_keys WHERE lead_id = ANY($1) AND kind = 'contact'`,
  `UPDATE hexroute.deliveries SET contact_id = NULL, opportunity_id = NULL, steps = '{}', error_detail = NULL
    WHERE lead_id = ANY($1)`,
  'DELETE FROM hexroute.held_leads WHERE lead_id = ANY($1)',
  'DELETE FROM hexroute.pond_leads WHERE lead_id = ANY($1)',
  'UPDATE hexroute.sla_timers SET settled_at = coalesce(settled_at, now()) WHERE lead_id = ANY($1)',
  `DELETE FROM hexroute.notices WHERE state = 'due' AND subject ->> 'leadId' = ANY($1::text[])`,
  `UPDATE hexroute.notices SET error = NULL WHERE error IS NOT NULL AND subject ->> 'leadId' = ANY($1::text[])`,
]

/** $1 tenant · $2 contacts */
export const ERASE_WAITING_FACTS = 'DELETE FROM hexroute.waiting_facts WHERE tenant = $1 AND contact_key = ANY($2)'

/** $1 tenant · $2 contacts · $3 e-mails · $4 the last ten digits of phones */
const OF_PERSON = `
  tenant = $1 AND (contact = ANY($2) OR lower(trim(person ->> 'email')) = ANY($3)
    OR right(regexp_replace(person ->> 'phone', '\\D', '', 'g'), 10) = ANY($4))`
export const COUNT_WAITING = `SELECT count(*)::int AS count FROM hexroute.waiting_people WHERE ${OF_PERSON}`
export const ERASE_WAITING_PEOPLE = `DELETE FROM hexroute.waiting_people WHERE ${OF_PERSON}`
