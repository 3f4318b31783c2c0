-- Facts that come before we know whose they are, and what the timers of several routers need to share their work.
CREATE TABLE hexroute.waiting_facts (
  tenant      text NOT NULL,
  contact_key text NOT NULL,
  fact        text NOT NULL,
  occurred_at timestamptz NOT NULL,
  location_id text NOT NULL,
  value       numeric(14, 2),
  event_id    uuid NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, contact_key, fact, occurred_at)
);
COMMENT ON TABLE hexroute.waiting_facts IS 'Facts of contacts that no lead is known by yet, kept while a delivery to that sub-account has not told which contact it made.';
COMMENT ON COLUMN hexroute.waiting_facts.contact_key IS '<location>/<contact id>, as in lead_keys.';
CREATE TABLE hexroute.waiting_people (
  tenant      text NOT NULL,
  contact     text NOT NULL,
  person      jsonb NOT NULL,
  told_at     timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, contact)
);
COMMENT ON TABLE hexroute.waiting_people IS 'Updates of intake contacts that are no lead yet: the webhook that makes one may still come. Kept two hours.';
CREATE INDEX deliveries_started ON hexroute.deliveries (location_id) WHERE state = 'started';

ALTER TABLE hexroute.leads ADD COLUMN person_latest_at timestamptz;
COMMENT ON COLUMN hexroute.leads.person IS 'The person as first told: what was decided on. Personal data lives here, in person_latest, for two hours in waiting_people, and in the event stream, nowhere else.';
COMMENT ON COLUMN hexroute.leads.person_latest_at IS 'When person_latest was told; an earlier word does not replace it.';

-- The newest leads of a person are read first, without an index of their own.
ALTER TABLE hexroute.lead_identities
  DROP CONSTRAINT lead_identities_pkey,
  ADD PRIMARY KEY (tenant, kind, value, lead_created_at, lead_id);

DROP INDEX hexroute.sla_timers_due;
ALTER TABLE hexroute.sla_timers
  ADD COLUMN asked_at timestamptz,
  ADD COLUMN settled_at timestamptz;
UPDATE hexroute.sla_timers SET settled_at = coalesce(touched_at, breached_at);
CREATE INDEX sla_timers_open ON hexroute.sla_timers (due_at) WHERE settled_at IS NULL;
COMMENT ON COLUMN hexroute.sla_timers.touched_at IS 'First touch by the owner; after breached_at it came late.';
COMMENT ON COLUMN hexroute.sla_timers.asked_at IS 'When a router last took the breach over: its lease.';
COMMENT ON COLUMN hexroute.sla_timers.settled_at IS 'Touched in time, or breached and decided again: nothing is left to do.';
