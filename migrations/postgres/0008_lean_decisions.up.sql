-- What a decision costs when it is written: half of a router's time in Postgres went into these columns and indexes.
DROP VIEW hexroute.decision_candidates;

-- text, not json: the router writes what it has hashed, and checking it again took a fifth of the time of its insert.
ALTER TABLE hexroute.decisions ALTER COLUMN document TYPE text USING document::text;
COMMENT ON COLUMN hexroute.decisions.document IS 'The decision as published, JSON. text: it is what the hash covers, byte for byte.';

-- pglz takes longer than all the rest of the insert. lz4 takes a tenth of it; a server without it keeps the texts as they are.
DO $$
DECLARE
  part regclass;
  lz4  boolean := 'lz4' = ANY ((SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression')::text[]);
BEGIN
  FOR part IN SELECT 'hexroute.decisions'::regclass
              UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'hexroute.decisions'::regclass LOOP
    IF lz4 THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN document SET COMPRESSION lz4', part);
    ELSE
      EXECUTE format('ALTER TABLE ONLY %s ALTER COLUMN document SET STORAGE EXTERNAL', part);
    END IF;
  END LOOP;
END $$;

-- One decision per lead and attempt, said by the key itself; it finds a lead's decisions too. Ids are worked out of both.
ALTER TABLE hexroute.decisions
  DROP CONSTRAINT decisions_pkey,
  ADD PRIMARY KEY (lead_id, attempt, lead_created_at);
DROP INDEX hexroute.decisions_lead;

ALTER TABLE hexroute.decision_outbox
  DROP CONSTRAINT decision_outbox_pkey,
  ADD COLUMN lead_id uuid,
  ADD COLUMN attempt smallint;
UPDATE hexroute.decision_outbox o SET lead_id = d.lead_id, attempt = d.attempt
  FROM hexroute.decisions d WHERE d.decision_id = o.decision_id AND d.lead_created_at = o.lead_created_at;
ALTER TABLE hexroute.decision_outbox
  DROP COLUMN decision_id,
  ADD PRIMARY KEY (lead_id, attempt);

CREATE VIEW hexroute.decision_candidates AS
SELECT d.decision_id, d.lead_id, d.attempt, d.lead_created_at, d.tenant, d.decided_at, c."locationId" AS location_id,
  c."regionId" AS region_id, c.tier, c."territoryKind" AS territory_kind, c."territoryId" AS territory_id, c.rank, c.reason,
  c.detail, c."distanceM" AS distance_m, c.utilisation, c.score
FROM hexroute.decisions d
CROSS JOIN LATERAL json_to_recordset(d.document::json -> 'candidates') AS c("locationId" text, "regionId" text, tier text,
  "territoryKind" text, "territoryId" text, rank smallint, reason text, detail text, "distanceM" double precision,
  utilisation double precision, score double precision);
COMMENT ON VIEW hexroute.decision_candidates IS 'Every location that a decision considered, read from the decision itself: rows of their own would be ten times the writes and could differ from what was hashed.';
