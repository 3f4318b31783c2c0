/** The ledger's longer statements. */

/**
 * $1 lead, $2 attempt, $3 tenant, $4 location, $5 creation of the lead, $6 lease, $7 its milliseconds. One round trip tells
 * all that decides whether this try is made. An open row goes to one try at a time: to this one when nobody's lease is on it.
 * The fault of the try before is cleared: a row without one is being worked on, or its process died over it. `updated_at`
 * stays: it tells when something may have been written last, by the clock that wrote it down.
 */
export const OPEN_TRY = `
  WITH before AS (
    SELECT updated_at FROM hexroute.deliveries WHERE lead_id = $1 AND attempt = $2
  ), opened AS (
    INSERT INTO hexroute.deliveries AS d (lead_id, attempt, tenant, location_id, state, tries, lease_id, lease_until)
    VALUES ($1, $2, $3, $4, 'started', 1, $6, clock_timestamp() + $7 * interval '1 ms')
    ON CONFLICT (lead_id, attempt) DO UPDATE SET (tries, error_code, error_detail, lease_id, lease_until) = (
      SELECT d.tries + CASE WHEN f.free THEN 1 ELSE 0 END,
        CASE WHEN f.free THEN NULL ELSE d.error_code END,
        CASE WHEN f.free THEN NULL ELSE d.error_detail END,
        CASE WHEN f.free THEN $6 ELSE d.lease_id END,
        CASE WHEN f.free THEN clock_timestamp() + $7 * interval '1 ms' ELSE d.lease_until END
      FROM (SELECT d.state IN ('started', 'contact') AND coalesce(d.lease_until <= clock_timestamp(), true) AS free) f)
    RETURNING *
  )
  SELECT state, contact_id AS "contactId", opportunity_id AS "opportunityId", steps, error_code AS "errorCode", tries,
    updated_at AS "updatedAt", lease_id = $6 AS "isOurs",
    greatest(0, 1000 * extract(epoch FROM lease_until - clock_timestamp()))::float8 AS "leaseLeftMs",
    (SELECT (1000 * extract(epoch FROM clock_timestamp() - updated_at))::float8 FROM before) AS "sinceLastMs",
    EXISTS (SELECT 1 FROM hexroute.decisions c
             WHERE c.lead_id = $1 AND c.lead_created_at = $5 AND c.attempt > $2) AS "isSuperseded",
    (SELECT code FROM hexroute.location_outages WHERE location_id = $4 AND ended_at IS NULL) AS "outageCode",
    (SELECT jsonb_build_object('contactId', max(e.contact_id), 'opportunityId', max(e.opportunity_id),
              'workflow', max(e.steps ->> 'workflow'))
       FROM hexroute.deliveries e
      WHERE e.lead_id = $1 AND e.attempt < $2 AND e.location_id = $4 AND e.tries > 0 HAVING count(*) > 0) AS earlier
    FROM opened`

/** $1 lead, $2 attempt, $3 creation of the lead. Rows that were never begun are written so that their message finds them. */
export const END_EARLIER = `
  WITH ended AS (
    UPDATE hexroute.deliveries SET state = 'withdrawn', updated_at = now()
     WHERE lead_id = $1 AND attempt < $2 AND state IN ('started', 'contact') AND error_code IS NOT NULL
  )
  INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state)
  SELECT c.lead_id, c.attempt, c.tenant, c.location_id, 'withdrawn' FROM hexroute.decisions c
   WHERE c.lead_id = $1 AND c.lead_created_at = $3 AND c.attempt < $2 AND c.outcome = 'assigned'
  ON CONFLICT DO NOTHING`

export const IS_EARLIER_OPEN = `
  SELECT 1 FROM hexroute.deliveries
   WHERE lead_id = $1 AND attempt < $2 AND state IN ('started', 'contact') LIMIT 1`

/** $1 tenant, $2 location/contact, $3 lead, $4 its creation. */
export const SAVE_KEY = `
  INSERT INTO hexroute.lead_keys AS k (tenant, kind, key, lead_id, lead_created_at)
  VALUES ($1, 'contact', $2, $3, $4)
  ON CONFLICT (tenant, kind, key) DO UPDATE
    SET lead_id = excluded.lead_id, lead_created_at = excluded.lead_created_at
    WHERE k.lead_created_at < excluded.lead_created_at`

/** Before a statement. $1 location, $2 tenant, $3 code. One open row per location, whoever comes first. */
export const OPEN_OUTAGE = `
  WITH outage AS (
    INSERT INTO hexroute.location_outages (location_id, tenant, code)
    SELECT id, $2, $3 FROM hexroute.locations WHERE id = $1
    ON CONFLICT (location_id) WHERE ended_at IS NULL DO NOTHING
  )`
