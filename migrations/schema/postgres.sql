-- What the migrations make, all of them run. Written by the test that compares it: npx vitest run the-schema-is-what -u.
-- Read this to learn the tables, read the steps to learn why.

CREATE TABLE hexroute.access_keys (
  id uuid NOT NULL,
  tenant text,
  role text NOT NULL,
  name text NOT NULL,
  key_sha256 text NOT NULL,
  region_ids text[] NOT NULL DEFAULT '{}'::text[],
  location_ids text[] NOT NULL DEFAULT '{}'::text[],
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  CONSTRAINT access_keys_pkey PRIMARY KEY (id),
  CONSTRAINT access_keys_key_sha256_key UNIQUE (key_sha256),
  CONSTRAINT access_keys_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'region_manager'::text, 'location_manager'::text, 'analyst'::text, 'widget'::text]))),
  CONSTRAINT access_keys_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.agencies (
  id text NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT agencies_pkey PRIMARY KEY (id)
);

CREATE TABLE hexroute.audit_log (
  id uuid NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  key_id uuid,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);

CREATE TABLE hexroute.calendars (
  ruleset_hash text NOT NULL,
  id text NOT NULL,
  tenant text NOT NULL,
  document jsonb NOT NULL,
  CONSTRAINT calendars_pkey PRIMARY KEY (ruleset_hash, id)
);

CREATE TABLE hexroute.caps (
  ruleset_hash text NOT NULL,
  tenant text NOT NULL,
  location_id text NOT NULL,
  metric text NOT NULL,
  time_window text NOT NULL,
  limit_count bigint,
  ordinal integer NOT NULL DEFAULT 0,
  user_id text,
  scope_source text,
  scope_service text,
  hard boolean NOT NULL DEFAULT true,
  CONSTRAINT caps_pkey PRIMARY KEY (ruleset_hash, ordinal)
);

CREATE TABLE hexroute.connect_states (
  state_sha256 text NOT NULL,
  tenant text,
  key_id uuid NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT connect_states_pkey PRIMARY KEY (state_sha256)
);

CREATE TABLE hexroute.counter_epochs (
  tenant text NOT NULL,
  epoch text NOT NULL,
  rebuilt_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT counter_epochs_pkey PRIMARY KEY (tenant)
);

CREATE TABLE hexroute.dead_letters_redriven (
  stream_created timestamp with time zone NOT NULL,
  seq bigint NOT NULL,
  tenant text NOT NULL,
  times integer NOT NULL DEFAULT 1,
  key_id uuid,
  asked_at timestamp with time zone NOT NULL DEFAULT now(),
  published_at timestamp with time zone,
  CONSTRAINT dead_letters_redriven_pkey PRIMARY KEY (stream_created, seq)
);

CREATE TABLE hexroute.decision_outbox (
  lead_created_at timestamp with time zone NOT NULL,
  written_at timestamp with time zone NOT NULL DEFAULT now(),
  lead_id uuid NOT NULL,
  attempt smallint NOT NULL,
  CONSTRAINT decision_outbox_pkey PRIMARY KEY (lead_id, attempt)
);

CREATE TABLE hexroute.decisions (
  decision_id uuid NOT NULL,
  lead_id uuid NOT NULL,
  attempt smallint NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  outcome text NOT NULL,
  tier text,
  fallback text,
  location_id text,
  region_id text,
  why text NOT NULL,
  ruleset_hash text NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  hash text NOT NULL,
  document text NOT NULL,
  user_id text,
  CONSTRAINT decisions_pkey PRIMARY KEY (lead_id, attempt, lead_created_at)
) PARTITION BY RANGE (lead_created_at);

CREATE TABLE hexroute.deliveries (
  lead_id uuid NOT NULL,
  attempt smallint NOT NULL,
  tenant text NOT NULL,
  location_id text NOT NULL,
  state text NOT NULL,
  contact_id text,
  opportunity_id text,
  tries integer NOT NULL DEFAULT 0,
  error_code text,
  error_detail text,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  steps jsonb NOT NULL DEFAULT '{}'::jsonb,
  lease_id uuid,
  lease_until timestamp with time zone,
  CONSTRAINT deliveries_pkey PRIMARY KEY (lead_id, attempt),
  CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['started'::text, 'contact'::text, 'delivered'::text, 'failed'::text, 'parked'::text, 'withdrawn'::text])))
);

CREATE TABLE hexroute.delivery_settings (
  tenant text NOT NULL,
  scope text NOT NULL,
  scope_id text NOT NULL,
  settings jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT delivery_settings_pkey PRIMARY KEY (tenant, scope, scope_id),
  CONSTRAINT delivery_settings_scope_check CHECK ((scope = ANY (ARRAY['agency'::text, 'region'::text, 'location'::text]))),
  CONSTRAINT delivery_settings_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.ghl_companies (
  tenant text NOT NULL,
  refresh_token_sealed bytea,
  access_token_sealed bytea,
  expires_at timestamp with time zone,
  name text,
  scopes text,
  connected_at timestamp with time zone,
  disconnected_at timestamp with time zone,
  fault text,
  CONSTRAINT ghl_companies_pkey PRIMARY KEY (tenant),
  CONSTRAINT ghl_companies_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.ghl_private_tokens (
  location_id text NOT NULL,
  tenant text NOT NULL,
  token_sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT ghl_private_tokens_pkey PRIMARY KEY (location_id),
  CONSTRAINT ghl_private_tokens_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id),
  CONSTRAINT ghl_private_tokens_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.held_leads (
  lead_id uuid NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  attempt smallint NOT NULL,
  reason text NOT NULL,
  waits_for text[] NOT NULL,
  held_since timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  looked_at timestamp with time zone,
  CONSTRAINT held_leads_pkey PRIMARY KEY (lead_id)
);

CREATE TABLE hexroute.lead_facts (
  lead_id uuid NOT NULL,
  fact text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  location_id text NOT NULL,
  value numeric(14,2),
  event_id uuid NOT NULL,
  business_ms bigint,
  CONSTRAINT lead_facts_pkey PRIMARY KEY (lead_id, fact, occurred_at, lead_created_at)
) PARTITION BY RANGE (lead_created_at);

CREATE TABLE hexroute.lead_identities (
  tenant text NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  lead_id uuid NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  CONSTRAINT lead_identities_pkey PRIMARY KEY (tenant, kind, value, lead_created_at, lead_id),
  CONSTRAINT lead_identities_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'phone'::text, 'email'::text])))
);

CREATE TABLE hexroute.lead_keys (
  tenant text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  lead_id uuid NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  CONSTRAINT lead_keys_pkey PRIMARY KEY (tenant, kind, key),
  CONSTRAINT lead_keys_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'lead'::text])))
);

CREATE TABLE hexroute.leads (
  lead_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  intake_location_id text NOT NULL,
  intake_contact_id text,
  person jsonb NOT NULL,
  place jsonb NOT NULL,
  attempt smallint NOT NULL,
  outcome text NOT NULL,
  location_id text,
  region_id text,
  status text NOT NULL DEFAULT 'open'::text,
  status_at timestamp with time zone,
  user_id text,
  until timestamp with time zone,
  stage text NOT NULL DEFAULT 'new'::text,
  stage_at timestamp with time zone,
  score numeric(5,2),
  contributions jsonb NOT NULL DEFAULT '[]'::jsonb,
  person_latest jsonb,
  touched_at timestamp with time zone,
  lead_key text,
  person_latest_at timestamp with time zone,
  CONSTRAINT leads_pkey PRIMARY KEY (lead_id, created_at),
  CONSTRAINT leads_outcome_check CHECK ((outcome = ANY (ARRAY['assigned'::text, 'held'::text, 'pond'::text, 'hq'::text, 'rejected'::text]))),
  CONSTRAINT leads_status_check CHECK ((status = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text, 'abandoned'::text])))
) PARTITION BY RANGE (created_at);

CREATE TABLE hexroute.location_outages (
  location_id text NOT NULL,
  tenant text NOT NULL,
  code text NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT now(),
  checked_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_at timestamp with time zone,
  CONSTRAINT location_outages_pkey PRIMARY KEY (location_id, since),
  CONSTRAINT location_outages_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
);

CREATE TABLE hexroute.locations (
  id text NOT NULL,
  tenant text NOT NULL,
  region_id text,
  name text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  latitude double precision,
  longitude double precision,
  time_zone text NOT NULL,
  weight double precision NOT NULL DEFAULT 1,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT locations_pkey PRIMARY KEY (id),
  CONSTRAINT locations_check CHECK (((kind = 'intake'::text) OR ((region_id IS NOT NULL) AND (latitude IS NOT NULL) AND (longitude IS NOT NULL)))),
  CONSTRAINT locations_kind_check CHECK ((kind = ANY (ARRAY['location'::text, 'intake'::text]))),
  CONSTRAINT locations_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  CONSTRAINT locations_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
  CONSTRAINT locations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'inactive'::text]))),
  CONSTRAINT locations_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id),
  CONSTRAINT locations_tenant_region_id_fkey FOREIGN KEY (tenant, region_id) REFERENCES regions(tenant, id),
  CONSTRAINT locations_weight_check CHECK ((weight >= (0)::double precision))
);

CREATE TABLE hexroute.migrations (
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT migrations_pkey PRIMARY KEY (name)
);

CREATE TABLE hexroute.notice_channels (
  id text NOT NULL,
  tenant text NOT NULL,
  scope text NOT NULL,
  scope_id text NOT NULL,
  kind text NOT NULL,
  target text,
  events text[] NOT NULL,
  digest_minutes integer,
  quiet_from text,
  quiet_to text,
  time_zone text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  fault text,
  secret_sealed bytea,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT notice_channels_pkey PRIMARY KEY (tenant, id),
  CONSTRAINT notice_channels_digest_minutes_check CHECK (((digest_minutes >= 1) AND (digest_minutes <= 1440))),
  CONSTRAINT notice_channels_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'slack'::text, 'webhook'::text, 'assigned-user'::text, 'ghl-message'::text]))),
  CONSTRAINT notice_channels_scope_check CHECK ((scope = ANY (ARRAY['agency'::text, 'region'::text, 'location'::text, 'user'::text]))),
  CONSTRAINT notice_channels_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.notices (
  notice_id uuid NOT NULL,
  tenant text NOT NULL,
  channel_id text NOT NULL,
  event text NOT NULL,
  subject jsonb NOT NULL,
  due_at timestamp with time zone NOT NULL,
  grouped boolean NOT NULL,
  state text NOT NULL DEFAULT 'due'::text,
  message_id uuid,
  leased_until timestamp with time zone,
  leaving_at timestamp with time zone,
  tries integer NOT NULL DEFAULT 0,
  error text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone,
  CONSTRAINT notices_pkey PRIMARY KEY (notice_id),
  CONSTRAINT notices_state_check CHECK ((state = ANY (ARRAY['due'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'superseded'::text])))
);

CREATE TABLE hexroute.pond_leads (
  lead_id uuid NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  attempt smallint NOT NULL,
  pond_group smallint NOT NULL,
  offered_to text[] NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT pond_leads_pkey PRIMARY KEY (lead_id)
);

CREATE TABLE hexroute.reconcile_marks (
  location_id text NOT NULL,
  tenant text NOT NULL,
  subject text NOT NULL,
  seen_until timestamp with time zone NOT NULL,
  ran_at timestamp with time zone NOT NULL DEFAULT now(),
  seen integer NOT NULL DEFAULT 0,
  taken_in integer NOT NULL DEFAULT 0,
  missing integer NOT NULL DEFAULT 0,
  fault text,
  go_on_at jsonb,
  CONSTRAINT reconcile_marks_pkey PRIMARY KEY (location_id, subject),
  CONSTRAINT reconcile_marks_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id),
  CONSTRAINT reconcile_marks_subject_check CHECK ((subject = ANY (ARRAY['contacts'::text, 'opportunities'::text])))
);

CREATE TABLE hexroute.regions (
  id text NOT NULL,
  tenant text NOT NULL,
  name text NOT NULL,
  CONSTRAINT regions_pkey PRIMARY KEY (tenant, id),
  CONSTRAINT regions_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.reservations (
  lead_id uuid NOT NULL,
  attempt smallint NOT NULL,
  tenant text NOT NULL,
  location_id text NOT NULL,
  counter_keys text[] NOT NULL,
  state text NOT NULL,
  reserved_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL DEFAULT now(),
  amounts bigint[] NOT NULL DEFAULT '{}'::bigint[],
  user_id text,
  CONSTRAINT reservations_pkey PRIMARY KEY (lead_id, attempt),
  CONSTRAINT reservations_check CHECK ((cardinality(amounts) = cardinality(counter_keys))),
  CONSTRAINT reservations_state_check CHECK ((state = ANY (ARRAY['COMMITTED'::text, 'CLOSED'::text, 'RELEASED'::text])))
);

CREATE TABLE hexroute.router_beats (
  id smallint NOT NULL DEFAULT 1,
  beat_at timestamp with time zone NOT NULL,
  CONSTRAINT router_beats_pkey PRIMARY KEY (id),
  CONSTRAINT router_beats_id_check CHECK ((id = 1))
);

CREATE TABLE hexroute.rulesets (
  id uuid NOT NULL,
  tenant text NOT NULL,
  state text NOT NULL,
  document jsonb NOT NULL,
  locations jsonb,
  hash text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  published_at timestamp with time zone,
  users jsonb,
  name text,
  publish_at timestamp with time zone,
  created_by uuid,
  CONSTRAINT rulesets_pkey PRIMARY KEY (id),
  CONSTRAINT rulesets_check CHECK (((state = ANY (ARRAY['draft'::text, 'scheduled'::text])) OR ((hash IS NOT NULL) AND (locations IS NOT NULL) AND (published_at IS NOT NULL)))),
  CONSTRAINT rulesets_scheduled CHECK (((state = 'scheduled'::text) = (publish_at IS NOT NULL))),
  CONSTRAINT rulesets_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'scheduled'::text, 'published'::text, 'retired'::text]))),
  CONSTRAINT rulesets_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.seen_events (
  event_id uuid NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT seen_events_pkey PRIMARY KEY (event_id)
);

CREATE TABLE hexroute.sink_epochs (
  database text NOT NULL,
  stream text NOT NULL,
  epoch bigint NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT sink_epochs_pkey PRIMARY KEY (database, stream)
);

CREATE TABLE hexroute.sink_ledger (
  database text NOT NULL,
  stream text NOT NULL,
  stream_created timestamp with time zone NOT NULL,
  table_name text NOT NULL,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  first_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone NOT NULL,
  row_count bigint NOT NULL,
  ids_xor bigint NOT NULL,
  poison bigint[] NOT NULL,
  done_at timestamp with time zone NOT NULL DEFAULT now(),
  audited_at timestamp with time zone,
  repairs integer NOT NULL DEFAULT 0,
  CONSTRAINT sink_ledger_pkey PRIMARY KEY (database, stream, stream_created, first_seq, table_name)
);

CREATE TABLE hexroute.sink_plans (
  stream text NOT NULL,
  stream_created timestamp with time zone NOT NULL,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  row_count integer NOT NULL,
  token text NOT NULL,
  state text NOT NULL,
  planned_at timestamp with time zone NOT NULL DEFAULT now(),
  done_at timestamp with time zone,
  database text NOT NULL,
  epoch bigint NOT NULL,
  refused jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT sink_plans_pkey PRIMARY KEY (database, stream, stream_created, first_seq),
  CONSTRAINT sink_plans_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'done'::text])))
);

CREATE TABLE hexroute.sla_timers (
  lead_id uuid NOT NULL,
  lead_created_at timestamp with time zone NOT NULL,
  tenant text NOT NULL,
  attempt smallint NOT NULL,
  started_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  touched_at timestamp with time zone,
  breached_at timestamp with time zone,
  asked_at timestamp with time zone,
  settled_at timestamp with time zone,
  CONSTRAINT sla_timers_pkey PRIMARY KEY (lead_id)
);

CREATE TABLE hexroute.sources (
  id text NOT NULL,
  tenant text NOT NULL,
  name text NOT NULL,
  location_id text NOT NULL,
  secret_sha256 text NOT NULL,
  CONSTRAINT sources_pkey PRIMARY KEY (id),
  CONSTRAINT sources_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id),
  CONSTRAINT sources_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.sub_accounts (
  id text NOT NULL,
  tenant text,
  name text,
  address text,
  city text,
  state text,
  country text,
  postal_code text,
  time_zone text,
  installed boolean NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  read_at timestamp with time zone,
  CONSTRAINT sub_accounts_pkey PRIMARY KEY (id),
  CONSTRAINT sub_accounts_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id)
);

CREATE TABLE hexroute.territories (
  ruleset_hash text NOT NULL,
  id text NOT NULL,
  tenant text NOT NULL,
  location_id text NOT NULL,
  kind text NOT NULL,
  exclusive boolean NOT NULL,
  CONSTRAINT territories_pkey PRIMARY KEY (ruleset_hash, id),
  CONSTRAINT territories_kind_check CHECK ((kind = ANY (ARRAY['zip4'::text, 'zip'::text, 'polygon'::text, 'drive_time'::text, 'radius'::text, 'county'::text, 'state'::text, 'country'::text])))
);

CREATE TABLE hexroute.territory_cells (
  ruleset_hash text NOT NULL,
  cell bigint NOT NULL,
  territory_id text NOT NULL,
  boundary boolean NOT NULL,
  CONSTRAINT territory_cells_pkey PRIMARY KEY (ruleset_hash, cell, territory_id)
);

CREATE TABLE hexroute.territory_codes (
  ruleset_hash text NOT NULL,
  country text NOT NULL,
  code text NOT NULL,
  territory_id text NOT NULL,
  CONSTRAINT territory_codes_pkey PRIMARY KEY (ruleset_hash, country, code, territory_id)
);

CREATE TABLE hexroute.users (
  tenant text NOT NULL,
  id text NOT NULL,
  location_id text NOT NULL,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  weight double precision NOT NULL DEFAULT 1,
  calendar_id text,
  skills text[] NOT NULL DEFAULT '{}'::text[],
  languages text[] NOT NULL DEFAULT '{}'::text[],
  leave jsonb NOT NULL DEFAULT '[]'::jsonb,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (tenant, location_id, id),
  CONSTRAINT users_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id),
  CONSTRAINT users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'inactive'::text]))),
  CONSTRAINT users_tenant_fkey FOREIGN KEY (tenant) REFERENCES agencies(id),
  CONSTRAINT users_weight_check CHECK ((weight >= (0)::double precision))
);

CREATE TABLE hexroute.waiting_facts (
  tenant text NOT NULL,
  contact_key text NOT NULL,
  fact text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  location_id text NOT NULL,
  value numeric(14,2),
  event_id uuid NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT waiting_facts_pkey PRIMARY KEY (tenant, contact_key, fact, occurred_at)
);

CREATE TABLE hexroute.waiting_people (
  tenant text NOT NULL,
  contact text NOT NULL,
  person jsonb NOT NULL,
  told_at timestamp with time zone NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT waiting_people_pkey PRIMARY KEY (tenant, contact)
);

CREATE INDEX decision_outbox_age ON hexroute.decision_outbox USING btree (written_at);

CREATE INDEX deliveries_contact ON hexroute.deliveries USING btree (location_id, contact_id);

CREATE INDEX deliveries_started ON hexroute.deliveries USING btree (location_id) WHERE (state = 'started'::text);

CREATE INDEX held_leads_queue ON hexroute.held_leads USING btree (tenant, waits_for, held_since);

CREATE INDEX held_leads_until ON hexroute.held_leads USING btree (until);

CREATE INDEX leads_tenant_created ON ONLY hexroute.leads USING btree (tenant, created_at DESC);

CREATE UNIQUE INDEX location_outages_open ON hexroute.location_outages USING btree (location_id) WHERE (ended_at IS NULL);

CREATE INDEX locations_tenant ON hexroute.locations USING btree (tenant);

CREATE INDEX notice_channels_scope ON hexroute.notice_channels USING btree (tenant, scope, scope_id);

CREATE INDEX notices_channel_due ON hexroute.notices USING btree (tenant, channel_id) WHERE (state = ANY (ARRAY['due'::text, 'sending'::text]));

CREATE INDEX notices_due ON hexroute.notices USING btree (due_at) WHERE (state = ANY (ARRAY['due'::text, 'sending'::text]));

CREATE INDEX notices_settled ON hexroute.notices USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE INDEX pond_leads_tenant ON hexroute.pond_leads USING btree (tenant);

CREATE INDEX pond_leads_until ON hexroute.pond_leads USING btree (until);

CREATE INDEX reservations_counted ON hexroute.reservations USING btree (tenant, reserved_at) WHERE (state <> 'RELEASED'::text);

CREATE INDEX rulesets_hash ON hexroute.rulesets USING btree (tenant, hash) WHERE (hash IS NOT NULL);

CREATE UNIQUE INDEX rulesets_one_published ON hexroute.rulesets USING btree (tenant) WHERE (state = 'published'::text);

CREATE INDEX rulesets_tenant ON hexroute.rulesets USING btree (tenant, created_at DESC);

CREATE INDEX seen_events_age ON hexroute.seen_events USING brin (seen_at);

CREATE INDEX sink_ledger_age ON hexroute.sink_ledger USING brin (done_at);

CREATE INDEX sla_timers_open ON hexroute.sla_timers USING btree (due_at) WHERE (settled_at IS NULL);

CREATE INDEX sub_accounts_tenant ON hexroute.sub_accounts USING btree (tenant);

CREATE VIEW hexroute.decision_candidates AS
 SELECT d.decision_id,
    d.lead_id,
    d.attempt,
    d.lead_created_at,
    d.tenant,
    d.decided_at,
    c."locationId" AS location_id,
    c."regionId" AS region_id,
    c.tier,
    c."territoryKind" AS territory_kind,
    c."territoryId" AS territory_id,
    c.rank,
    c.reason,
    c.detail,
    c."distanceM" AS distance_m,
    c.utilisation,
    c.score
   FROM (decisions d
     CROSS JOIN LATERAL json_to_recordset(((d.document)::json -> 'candidates'::text)) c("locationId" text, "regionId" text, tier text, "territoryKind" text, "territoryId" text, rank smallint, reason text, detail text, "distanceM" double precision, utilisation double precision, score double precision));

CREATE OR REPLACE FUNCTION hexroute.ensure_partitions(from_day date, months_ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
END $function$;

COMMENT ON TABLE hexroute.access_keys IS 'Hashes of keys. tenant NULL: the operator, all tenants. Empty lists: the whole tenant.';

COMMENT ON TABLE hexroute.agencies IS 'An agency or franchise: a GHL company. Its id is the tenant everywhere.';

COMMENT ON COLUMN hexroute.caps.time_window IS 'hour, day, week, month, total, concurrent, or rolling <n> days.';

COMMENT ON TABLE hexroute.connect_states IS 'Who sent a browser to GHL''s consent page: the answer is taken once, in time, from the same browser.';

COMMENT ON TABLE hexroute.counter_epochs IS 'Which life of the Redis counters is the valid one: a reservation made in an earlier life does not commit.';

COMMENT ON TABLE hexroute.dead_letters_redriven IS 'Which messages of the stream DLQ were sent to their stage again. published_at NULL: the process died before it could.';

COMMENT ON TABLE hexroute.decision_outbox IS 'Committed and not yet known to be published; written in the decision''s own transaction.';

COMMENT ON COLUMN hexroute.decisions.document IS 'The decision as published, JSON. text: it is what the hash covers, byte for byte.';

COMMENT ON TABLE hexroute.deliveries IS 'The ledger of our own writes to GHL: what makes a retry find its first try, and an echoed webhook known as ours.';

COMMENT ON COLUMN hexroute.deliveries.state IS 'started and contact are under way. parked: the sub-account was out, the lead is decided again. withdrawn: given to another before it was written.';

COMMENT ON COLUMN hexroute.deliveries.steps IS 'Writes done beside contact and opportunity, each with GHL''s id where it gives one: tags, note, workflow. A retry leaves them out.';

COMMENT ON COLUMN hexroute.deliveries.lease_id IS 'The try that has the lead, another id for each: every save and every call to GHL is made under it.';

COMMENT ON COLUMN hexroute.deliveries.lease_until IS 'Until then, by the clock of Postgres, no other try begins. Empty: nobody has the lead.';

COMMENT ON TABLE hexroute.delivery_settings IS 'How leads are written to sub-accounts: the nearest of location, region and agency that says something wins.';

COMMENT ON TABLE hexroute.ghl_companies IS 'OAuth tokens of the agency, sealed with AES-256-GCM under HEXROUTE_SECRET_KEY. The refresh token is single-use: it is replaced under the row lock before the new access token is used.';

COMMENT ON COLUMN hexroute.ghl_companies.fault IS 'Why the connection does not work, a stable code; NULL while it does.';

COMMENT ON TABLE hexroute.ghl_private_tokens IS 'Private integration tokens, one sub-account each: for a pilot without the marketplace app. Used before any OAuth token.';

COMMENT ON COLUMN hexroute.held_leads.until IS 'When waiting ends and the next step of the chain comes.';

COMMENT ON COLUMN hexroute.lead_facts.business_ms IS 'Open milliseconds of the location between the lead''s creation and the fact; null where it is no touch.';

COMMENT ON TABLE hexroute.lead_identities IS 'Contact id, phone (E.164) and e-mail (lower case) of each lead, the last two as sha256: enough to recognise, not to read.';

COMMENT ON TABLE hexroute.lead_keys IS 'Who a lead is known as: contact = <location>/<contact id>, in the intake and in the assigned sub-account. The primary key is what makes a lead unique.';

COMMENT ON COLUMN hexroute.leads.person IS 'The person as first told: what was decided on. Personal data lives here, in person_latest, for two hours in waiting_people, and in the event stream, nowhere else.';

COMMENT ON COLUMN hexroute.leads.status_at IS 'Time of the status fact that won; a later one replaces it, an earlier one does not.';

COMMENT ON COLUMN hexroute.leads.stage IS 'State of the lead by the transition table of decide/lifecycle.';

COMMENT ON COLUMN hexroute.leads.person_latest IS 'The person as told by a repeated form or an update; null while nothing changed.';

COMMENT ON COLUMN hexroute.leads.touched_at IS 'Last activity of either side: what keeps a lead in the concurrent caps.';

COMMENT ON COLUMN hexroute.leads.person_latest_at IS 'When person_latest was told; an earlier word does not replace it.';

COMMENT ON TABLE hexroute.location_outages IS 'When GHL called a sub-account inactive, forbidden or without the app. One open row at most: the router gives it no leads.';

COMMENT ON COLUMN hexroute.locations.id IS 'GHL sub-account id.';

COMMENT ON COLUMN hexroute.locations.kind IS 'intake sub-accounts create leads, location ones receive them.';

COMMENT ON COLUMN hexroute.notice_channels.fault IS 'Why it was switched off by itself, a stable code; NULL when it was not.';

COMMENT ON COLUMN hexroute.notice_channels.secret_sealed IS 'webhook: the key that signs it (Standard Webhooks), shown once when the channel is made.';

COMMENT ON TABLE hexroute.notices IS 'What people are to be told, each once: the id is derived from event, lead, attempt and channel.';

COMMENT ON COLUMN hexroute.notices.subject IS 'Ids of lead, location, user: the person is read where it lives when the notice is written.';

COMMENT ON COLUMN hexroute.notices.grouped IS 'It waits for the end of a digest window or of quiet hours, and leaves in one message with the others of its channel that do.';

COMMENT ON COLUMN hexroute.notices.state IS 'unknown: it was leaving when the process died or the answer was lost, by a channel that could tell it twice; it is not sent again. superseded: no longer true when it was due.';

COMMENT ON COLUMN hexroute.notices.message_id IS 'The message that it left in, set when a sender takes it first: a retry is the same message with the same notices.';

COMMENT ON COLUMN hexroute.notices.leaving_at IS 'Since when the message may have left, in the present try. NULL: certainly nothing left.';

COMMENT ON TABLE hexroute.reconcile_marks IS 'Until when a sub-account was compared with GHL: the next comparison starts there, less an overlap.';

COMMENT ON COLUMN hexroute.reconcile_marks.taken_in IS 'In the last run, as seen: events that had never come by webhook. missing: delivered leads that GHL does not have any more.';

COMMENT ON COLUMN hexroute.reconcile_marks.go_on_at IS 'After a run that was full: where in GHL''s search the next goes on. More contacts than a run reads may be of one instant.';

COMMENT ON TABLE hexroute.reservations IS 'Capacity that leads hold: the truth of which the Redis counters are a fold. COMMITTED counts in all its keys, CLOSED in all but the concurrent ones, RELEASED in none.';

COMMENT ON COLUMN hexroute.reservations.amounts IS 'By how much each of counter_keys was raised.';

COMMENT ON TABLE hexroute.router_beats IS 'When any router last ran its timers: a longer gap was an outage, and shifts the deadlines by itself.';

COMMENT ON COLUMN hexroute.rulesets.locations IS 'Location facts copied at publishing: a decision stays replayable after a move.';

COMMENT ON COLUMN hexroute.rulesets.users IS 'User facts copied at publishing, as the locations are.';

COMMENT ON COLUMN hexroute.rulesets.publish_at IS 'When a scheduled ruleset takes over. It is checked and completed with the organisation of that moment.';

COMMENT ON TABLE hexroute.seen_events IS 'The 7-day duplicate memory of the gateway, written after JetStream acknowledged.';

COMMENT ON TABLE hexroute.sink_epochs IS 'Counts the take-overs of a stream: a sink of an earlier epoch can neither plan a batch nor mark one done.';

COMMENT ON TABLE hexroute.sink_ledger IS 'What was written to ClickHouse, by table and batch, for comparing the two. The sink removes lines after a day.';

COMMENT ON COLUMN hexroute.sink_ledger.ids_xor IS 'Exclusive or over the rows of both halves of their id, each read as 64 bits.';

COMMENT ON COLUMN hexroute.sink_ledger.poison IS 'Sequences whose rows ClickHouse refused; they lie in the dead letters.';

COMMENT ON COLUMN hexroute.sink_ledger.audited_at IS 'When the sink last compared the batch with ClickHouse.';

COMMENT ON COLUMN hexroute.sink_ledger.repairs IS 'How often rows were missing and written again: each repair has a token of its own.';

COMMENT ON TABLE hexroute.sink_plans IS 'Batches of the ClickHouse sink: saved before the insert, so that after a crash the same rows go in again with the same token and ClickHouse drops them.';

COMMENT ON COLUMN hexroute.sink_plans.database IS 'Database of ClickHouse that the batch goes to.';

COMMENT ON COLUMN hexroute.sink_plans.epoch IS 'Epoch of the sink that planned it.';

COMMENT ON COLUMN hexroute.sink_plans.refused IS 'Ranges that ClickHouse refused as a whole, as [table, first, last]: each goes in as its two halves.';

COMMENT ON TABLE hexroute.sla_timers IS 'The running promise of each assigned lead: a human touch by due_at, or it goes to the next.';

COMMENT ON COLUMN hexroute.sla_timers.touched_at IS 'First touch by the owner; after breached_at it came late.';

COMMENT ON COLUMN hexroute.sla_timers.asked_at IS 'When a router last took the breach over: its lease.';

COMMENT ON COLUMN hexroute.sla_timers.settled_at IS 'Touched in time, or breached and decided again: nothing is left to do.';

COMMENT ON TABLE hexroute.sources IS 'Senders of the unsigned workflow webhook, each with its own secret.';

COMMENT ON TABLE hexroute.sub_accounts IS 'What agencies have in GHL, chosen for routing or not. name is NULL until GHL was asked, tenant while no webhook has told it.';

COMMENT ON COLUMN hexroute.sub_accounts.changed_at IS 'Instant of which installed is true: webhooks come late, twice and in any order, and an older one changes nothing.';

COMMENT ON COLUMN hexroute.territory_cells.cell IS 'H3 index. Each territory at one resolution, chosen by its size: a point is looked up at every resolution in use.';

COMMENT ON COLUMN hexroute.territory_cells.boundary IS 'True: only part of the cell belongs to the territory, a point in it needs the exact test.';

COMMENT ON TABLE hexroute.territory_codes IS 'Postal codes, states and countries of territories that are lists of codes.';

COMMENT ON TABLE hexroute.users IS 'People of a location, as GHL knows them. One who works at two locations has two rows.';

COMMENT ON COLUMN hexroute.users.leave IS 'Absences [{from, to}]: local dates, both included.';

COMMENT ON TABLE hexroute.waiting_facts IS 'Facts of contacts that no lead is known by yet, kept while a delivery to that sub-account has not told which contact it made.';

COMMENT ON COLUMN hexroute.waiting_facts.contact_key IS '<location>/<contact id>, as in lead_keys.';

COMMENT ON TABLE hexroute.waiting_people IS 'Updates of intake contacts that are no lead yet: the webhook that makes one may still come. Kept two hours.';
