-- Users, scheduled rulesets, and what a lead may wait for: room, a claim, a touch.
CREATE TABLE hexroute.users (
  tenant      text NOT NULL REFERENCES hexroute.agencies,
  id          text NOT NULL,
  location_id text NOT NULL REFERENCES hexroute.locations,
  name        text NOT NULL,
  status      text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'inactive')),
  weight      double precision NOT NULL DEFAULT 1 CHECK (weight >= 0),
  calendar_id text,
  skills      text[] NOT NULL DEFAULT '{}',
  languages   text[] NOT NULL DEFAULT '{}',
  leave       jsonb NOT NULL DEFAULT '[]',
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, location_id, id)
);
COMMENT ON TABLE hexroute.users IS 'People of a location, as GHL knows them. One who works at two locations has two rows.';
COMMENT ON COLUMN hexroute.users.leave IS 'Absences [{from, to}]: local dates, both included.';

ALTER TABLE hexroute.rulesets
  ADD COLUMN users jsonb,
  ADD COLUMN name text,
  ADD COLUMN publish_at timestamptz,
  ADD COLUMN created_by uuid,
  DROP CONSTRAINT rulesets_state_check,
  ADD CONSTRAINT rulesets_state_check CHECK (state IN ('draft', 'scheduled', 'published', 'retired')),
  DROP CONSTRAINT rulesets_check,
  ADD CONSTRAINT rulesets_check CHECK (state IN ('draft', 'scheduled')
    OR (hash IS NOT NULL AND locations IS NOT NULL AND published_at IS NOT NULL)),
  ADD CONSTRAINT rulesets_scheduled CHECK ((state = 'scheduled') = (publish_at IS NOT NULL));
CREATE INDEX rulesets_tenant ON hexroute.rulesets (tenant, created_at DESC);
CREATE INDEX rulesets_hash ON hexroute.rulesets (tenant, hash) WHERE hash IS NOT NULL;
COMMENT ON COLUMN hexroute.rulesets.users IS 'User facts copied at publishing, as the locations are.';
COMMENT ON COLUMN hexroute.rulesets.publish_at IS 'When a scheduled ruleset takes over. It is checked and completed with the organisation of that moment.';

-- Projections for SQL and maps, as the ruleset now has more kinds of both.
ALTER TABLE hexroute.territories
  DROP CONSTRAINT territories_kind_check,
  ADD CONSTRAINT territories_kind_check
    CHECK (kind IN ('zip4', 'zip', 'polygon', 'drive_time', 'radius', 'county', 'state', 'country'));
CREATE TABLE hexroute.territory_codes (
  ruleset_hash text NOT NULL,
  country      text NOT NULL,
  code         text NOT NULL,
  territory_id text NOT NULL,
  PRIMARY KEY (ruleset_hash, country, code, territory_id)
);
COMMENT ON TABLE hexroute.territory_codes IS 'Postal codes, states and countries of territories that are lists of codes.';
ALTER TABLE hexroute.caps
  DROP CONSTRAINT caps_pkey,
  ADD COLUMN ordinal integer NOT NULL DEFAULT 0,
  ADD COLUMN user_id text,
  ADD COLUMN scope_source text,
  ADD COLUMN scope_service text,
  ADD COLUMN hard boolean NOT NULL DEFAULT true;
DELETE FROM hexroute.caps;
ALTER TABLE hexroute.caps ADD PRIMARY KEY (ruleset_hash, ordinal);
COMMENT ON COLUMN hexroute.caps.time_window IS 'hour, day, week, month, total, concurrent, or rolling <n> days.';
CREATE TABLE hexroute.calendars (
  ruleset_hash text NOT NULL,
  id           text NOT NULL,
  tenant       text NOT NULL,
  document     jsonb NOT NULL,
  PRIMARY KEY (ruleset_hash, id)
);

ALTER TABLE hexroute.leads
  ADD COLUMN user_id text,
  ADD COLUMN until timestamptz,
  ADD COLUMN stage text NOT NULL DEFAULT 'new',
  ADD COLUMN stage_at timestamptz,
  ADD COLUMN score numeric(5, 2),
  ADD COLUMN contributions jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN person_latest jsonb,
  ADD COLUMN touched_at timestamptz,
  ADD COLUMN lead_key text;
COMMENT ON COLUMN hexroute.leads.person IS 'The person as first told: what was decided on. Personal data lives here, in person_latest and in the event stream, nowhere else.';
COMMENT ON COLUMN hexroute.leads.person_latest IS 'The person as told by a repeated form or an update; null while nothing changed.';
COMMENT ON COLUMN hexroute.leads.stage IS 'State of the lead by the transition table of decide/lifecycle.';
COMMENT ON COLUMN hexroute.leads.touched_at IS 'Last activity of either side: what keeps a lead in the concurrent caps.';

-- One row per way to recognise a person. Repeats and owners are found by it.
CREATE TABLE hexroute.lead_identities (
  tenant          text NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('contact', 'phone', 'email')),
  value           text NOT NULL,
  lead_id         uuid NOT NULL,
  lead_created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, kind, value, lead_id)
);
COMMENT ON TABLE hexroute.lead_identities IS 'Contact id, phone (E.164) and e-mail (lower case) of each lead, the last two as sha256: enough to recognise, not to read.';

DROP TABLE hexroute.decision_candidates;
CREATE VIEW hexroute.decision_candidates AS
SELECT d.decision_id, d.lead_id, d.attempt, d.lead_created_at, d.tenant, d.decided_at, c."locationId" AS location_id,
  c."regionId" AS region_id, c.tier, c."territoryKind" AS territory_kind, c."territoryId" AS territory_id, c.rank, c.reason,
  c.detail, c."distanceM" AS distance_m, c.utilisation, c.score
FROM hexroute.decisions d
CROSS JOIN LATERAL json_to_recordset(d.document -> 'candidates') AS c("locationId" text, "regionId" text, tier text,
  "territoryKind" text, "territoryId" text, rank smallint, reason text, detail text, "distanceM" double precision,
  utilisation double precision, score double precision);
COMMENT ON VIEW hexroute.decision_candidates IS 'Every location that a decision considered, read from the decision itself: rows of their own would be ten times the writes and could differ from what was hashed.';

ALTER TABLE hexroute.decisions ADD COLUMN user_id text;

ALTER TABLE hexroute.reservations
  ADD COLUMN amounts bigint[] NOT NULL DEFAULT '{}',
  ADD COLUMN user_id text;
UPDATE hexroute.reservations SET amounts = array_fill(1::bigint, ARRAY[cardinality(counter_keys)]);
ALTER TABLE hexroute.reservations ADD CHECK (cardinality(amounts) = cardinality(counter_keys));
COMMENT ON COLUMN hexroute.reservations.amounts IS 'By how much each of counter_keys was raised.';

CREATE TABLE hexroute.held_leads (
  lead_id         uuid PRIMARY KEY,
  lead_created_at timestamptz NOT NULL,
  tenant          text NOT NULL,
  attempt         smallint NOT NULL,
  reason          text NOT NULL,
  -- The places that it could go to: leads that wait for the same ones form one queue.
  waits_for       text[] NOT NULL,
  held_since      timestamptz NOT NULL,
  until           timestamptz NOT NULL,
  looked_at       timestamptz
);
CREATE INDEX held_leads_queue ON hexroute.held_leads (tenant, waits_for, held_since);
CREATE INDEX held_leads_until ON hexroute.held_leads (until);
COMMENT ON COLUMN hexroute.held_leads.until IS 'When waiting ends and the next step of the chain comes.';

CREATE TABLE hexroute.pond_leads (
  lead_id         uuid PRIMARY KEY,
  lead_created_at timestamptz NOT NULL,
  tenant          text NOT NULL,
  attempt         smallint NOT NULL,
  pond_group      smallint NOT NULL,
  offered_to      text[] NOT NULL,
  until           timestamptz NOT NULL
);
CREATE INDEX pond_leads_tenant ON hexroute.pond_leads (tenant);
CREATE INDEX pond_leads_until ON hexroute.pond_leads (until);

CREATE TABLE hexroute.sla_timers (
  lead_id         uuid PRIMARY KEY,
  lead_created_at timestamptz NOT NULL,
  tenant          text NOT NULL,
  attempt         smallint NOT NULL,
  started_at      timestamptz NOT NULL,
  due_at          timestamptz NOT NULL,
  touched_at      timestamptz,
  breached_at     timestamptz
);
CREATE INDEX sla_timers_due ON hexroute.sla_timers (due_at) WHERE touched_at IS NULL AND breached_at IS NULL;
COMMENT ON TABLE hexroute.sla_timers IS 'The running promise of each assigned lead: a human touch by due_at, or it goes to the next.';

CREATE TABLE hexroute.router_beats (
  id      smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  beat_at timestamptz NOT NULL
);
COMMENT ON TABLE hexroute.router_beats IS 'When any router last ran its timers: a longer gap was an outage, and shifts the deadlines by itself.';

CREATE OR REPLACE FUNCTION hexroute.ensure_partitions(from_day date, months_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month  date;
  made   integer := 0;
BEGIN
  FOREACH parent IN ARRAY ARRAY['leads', 'decisions', 'lead_facts'] LOOP
    FOR i IN 0..months_ahead LOOP
      month := (date_trunc('month', from_day) + make_interval(months => i))::date;
      IF to_regclass(format('hexroute.%I', parent || to_char(month, '_YYYYMM'))) IS NULL THEN
        EXECUTE format('CREATE TABLE hexroute.%I PARTITION OF hexroute.%I FOR VALUES FROM (%L) TO (%L)',
          parent || to_char(month, '_YYYYMM'), parent, month, (month + interval '1 month')::date);
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
