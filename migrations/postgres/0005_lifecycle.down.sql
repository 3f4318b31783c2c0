DROP INDEX hexroute.sla_timers_open;
ALTER TABLE hexroute.sla_timers DROP COLUMN asked_at, DROP COLUMN settled_at;
CREATE INDEX sla_timers_due ON hexroute.sla_timers (due_at) WHERE touched_at IS NULL AND breached_at IS NULL;
ALTER TABLE hexroute.lead_identities
  DROP CONSTRAINT lead_identities_pkey,
  ADD PRIMARY KEY (tenant, kind, value, lead_id);
ALTER TABLE hexroute.leads DROP COLUMN person_latest_at;
COMMENT ON COLUMN hexroute.leads.person IS 'The person as first told: what was decided on. Personal data lives here, in person_latest and in the event stream, nowhere else.';
DROP INDEX hexroute.deliveries_started;
DROP TABLE hexroute.waiting_people, hexroute.waiting_facts;
