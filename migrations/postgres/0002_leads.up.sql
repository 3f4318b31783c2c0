-- Leads, what was decided, and the capacity that it took. Partitioned by the month in which the lead was created.
CREATE TABLE hexroute.leads (
  lead_id            uuid NOT NULL,
  created_at         timestamptz NOT NULL,
  tenant             text NOT NULL,
  event_id           uuid NOT NULL,
  intake_location_id text NOT NULL,
  intake_contact_id  text,
  person             jsonb NOT NULL,
  place              jsonb NOT NULL,
  attempt            smallint NOT NULL,
  outcome            text NOT NULL CHECK (outcome IN ('assigned', 'held', 'pond', 'hq', 'rejected')),
  location_id        text,
  region_id          text,
  status             text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'won', 'lost', 'abandoned')),
  status_at          timestamptz,
  PRIMARY KEY (lead_id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX leads_tenant_created ON hexroute.leads (tenant, created_at DESC);
COMMENT ON COLUMN hexroute.leads.person IS 'Personal data lives here and in the event stream, nowhere else.';
COMMENT ON COLUMN hexroute.leads.status_at IS 'Time of the status fact that won; a later one replaces it, an earlier one does not.';

CREATE TABLE hexroute.lead_keys (
  tenant          text NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('contact', 'lead')),
  key             text NOT NULL,
  lead_id         uuid NOT NULL,
  lead_created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, kind, key)
);
COMMENT ON TABLE hexroute.lead_keys IS 'Who a lead is known as: contact = <location>/<contact id>, in the intake and in the assigned sub-account. The primary key is what makes a lead unique.';

CREATE TABLE hexroute.decisions (
  decision_id     uuid NOT NULL,
  lead_id         uuid NOT NULL,
  attempt         smallint NOT NULL,
  lead_created_at timestamptz NOT NULL,
  tenant          text NOT NULL,
  outcome         text NOT NULL,
  tier            text,
  fallback        text,
  location_id     text,
  region_id       text,
  why             text NOT NULL,
  ruleset_hash    text NOT NULL,
  decided_at      timestamptz NOT NULL,
  hash            text NOT NULL,
  document        json NOT NULL,
  PRIMARY KEY (decision_id, lead_created_at)
) PARTITION BY RANGE (lead_created_at);
CREATE INDEX decisions_lead ON hexroute.decisions (lead_id);
COMMENT ON COLUMN hexroute.decisions.document IS 'The decision as published. json, not jsonb: its text is what the hash covers.';

CREATE TABLE hexroute.decision_candidates (
  decision_id     uuid NOT NULL,
  lead_created_at timestamptz NOT NULL,
  location_id     text NOT NULL,
  tier            text NOT NULL,
  rank            smallint,
  reason          text,
  detail          text,
  distance_m      double precision,
  utilisation     double precision NOT NULL,
  score           double precision,
  PRIMARY KEY (decision_id, location_id, tier, lead_created_at)
) PARTITION BY RANGE (lead_created_at);

CREATE TABLE hexroute.reservations (
  lead_id      uuid NOT NULL,
  attempt      smallint NOT NULL,
  tenant       text NOT NULL,
  location_id  text NOT NULL,
  counter_keys text[] NOT NULL,
  state        text NOT NULL CHECK (state IN ('COMMITTED', 'CLOSED', 'RELEASED')),
  reserved_at  timestamptz NOT NULL,
  changed_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lead_id, attempt)
);
CREATE INDEX reservations_counted ON hexroute.reservations (tenant, reserved_at) WHERE state <> 'RELEASED';
COMMENT ON TABLE hexroute.reservations IS 'Capacity that leads hold: the truth of which the Redis counters are a fold. COMMITTED counts in all its keys, CLOSED in all but the concurrent ones, RELEASED in none.';

CREATE TABLE hexroute.counter_epochs (
  tenant     text PRIMARY KEY,
  epoch      text NOT NULL,
  rebuilt_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE hexroute.counter_epochs IS 'Which life of the Redis counters is the valid one: a reservation made in an earlier life does not commit.';

CREATE TABLE hexroute.lead_facts (
  lead_id         uuid NOT NULL,
  fact            text NOT NULL,
  occurred_at     timestamptz NOT NULL,
  lead_created_at timestamptz NOT NULL,
  tenant          text NOT NULL,
  location_id     text NOT NULL,
  value           numeric(14, 2),
  event_id        uuid NOT NULL,
  PRIMARY KEY (lead_id, fact, occurred_at, lead_created_at)
) PARTITION BY RANGE (lead_created_at);

CREATE FUNCTION hexroute.ensure_partitions(from_day date, months_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month  date;
  made   integer := 0;
BEGIN
  FOREACH parent IN ARRAY ARRAY['leads', 'decisions', 'decision_candidates', 'lead_facts'] LOOP
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
COMMENT ON FUNCTION hexroute.ensure_partitions IS 'Makes the monthly partitions from the month of from_day on; returns how many were made. A default partition is not used: it would block making the real one.';
