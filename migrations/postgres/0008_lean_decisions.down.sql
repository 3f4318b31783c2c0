DROP VIEW hexroute.decision_candidates;
ALTER TABLE hexroute.decision_outbox ADD COLUMN decision_id uuid;
UPDATE hexroute.decision_outbox o SET decision_id = d.decision_id
  FROM hexroute.decisions d WHERE d.lead_id = o.lead_id AND d.attempt = o.attempt;
ALTER TABLE hexroute.decision_outbox
  DROP COLUMN lead_id,
  DROP COLUMN attempt,
  ADD PRIMARY KEY (decision_id);
CREATE INDEX decisions_lead ON hexroute.decisions (lead_id);
ALTER TABLE hexroute.decisions
  DROP CONSTRAINT decisions_pkey,
  ADD PRIMARY KEY (decision_id, lead_created_at),
  ALTER COLUMN document TYPE json USING document::json;
CREATE VIEW hexroute.decision_candidates AS
SELECT d.decision_id, d.lead_id, d.attempt, d.lead_created_at, d.tenant, d.decided_at, c."locationId" AS location_id,
  c."regionId" AS region_id, c.tier, c."territoryKind" AS territory_kind, c."territoryId" AS territory_id, c.rank, c.reason,
  c.detail, c."distanceM" AS distance_m, c.utilisation, c.score
FROM hexroute.decisions d
CROSS JOIN LATERAL json_to_recordset(d.document -> 'candidates') AS c("locationId" text, "regionId" text, tier text,
  "territoryKind" text, "territoryId" text, rank smallint, reason text, detail text, "distanceM" double precision,
  utilisation double precision, score double precision);
