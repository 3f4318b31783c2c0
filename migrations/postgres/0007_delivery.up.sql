-- What delivery needs beside its ledger: how each sub-account wants its leads, who is told, what GHL says of itself.
ALTER TABLE hexroute.deliveries
  DROP CONSTRAINT deliveries_state_check,
  ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('started', 'contact', 'delivered', 'failed', 'parked', 'withdrawn')),
  ADD COLUMN steps jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN hexroute.deliveries.steps IS 'Writes done beside contact and opportunity, each with GHL''s id where it gives one: tags, note, workflow. A retry leaves them out.';
COMMENT ON COLUMN hexroute.deliveries.state IS 'started and contact are under way. parked: the sub-account was out, the lead is decided again. withdrawn: given to another before it was written.';

CREATE TABLE hexroute.delivery_settings (
  tenant     text NOT NULL REFERENCES hexroute.agencies,
  scope      text NOT NULL CHECK (scope IN ('agency', 'region', 'location')),
  scope_id   text NOT NULL,
  settings   jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, scope, scope_id)
);
COMMENT ON TABLE hexroute.delivery_settings IS 'How leads are written to sub-accounts: the nearest of location, region and agency that says something wins.';

-- Sub-accounts that cannot be written to at present. The router treats an open row as paused.
CREATE TABLE hexroute.location_outages (
  location_id text NOT NULL REFERENCES hexroute.locations,
  tenant      text NOT NULL,
  code        text NOT NULL,
  since       timestamptz NOT NULL DEFAULT now(),
  checked_at  timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz,
  PRIMARY KEY (location_id, since)
);
CREATE UNIQUE INDEX location_outages_open ON hexroute.location_outages (location_id) WHERE ended_at IS NULL;
COMMENT ON TABLE hexroute.location_outages IS 'When GHL called a sub-account inactive, forbidden or without the app. One open row at most: the router gives it no leads.';

ALTER TABLE hexroute.ghl_companies
  ALTER COLUMN refresh_token_sealed DROP NOT NULL,
  ADD COLUMN name text,
  ADD COLUMN scopes text,
  ADD COLUMN connected_at timestamptz,
  ADD COLUMN disconnected_at timestamptz,
  ADD COLUMN fault text;
COMMENT ON COLUMN hexroute.ghl_companies.fault IS 'Why the connection does not work, a stable code; NULL while it does.';
CREATE TABLE hexroute.ghl_private_tokens (
  location_id  text PRIMARY KEY REFERENCES hexroute.locations,
  tenant       text NOT NULL REFERENCES hexroute.agencies,
  token_sealed bytea NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE hexroute.ghl_private_tokens IS 'Private integration tokens, one sub-account each: for a pilot without the marketplace app. Used before any OAuth token.';

CREATE TABLE hexroute.connect_states (
  state_sha256 text PRIMARY KEY,
  tenant       text,
  key_id       uuid NOT NULL,
  expires_at   timestamptz NOT NULL
);
COMMENT ON TABLE hexroute.connect_states IS 'Who sent a browser to GHL''s consent page: the answer is taken once, in time, from the same browser.';

CREATE TABLE hexroute.sub_accounts (
  id          text PRIMARY KEY,
  tenant      text REFERENCES hexroute.agencies,
  name        text,
  address     text,
  city        text,
  state       text,
  country     text,
  postal_code text,
  time_zone   text,
  installed   boolean NOT NULL,
  changed_at  timestamptz NOT NULL,
  read_at     timestamptz
);
CREATE INDEX sub_accounts_tenant ON hexroute.sub_accounts (tenant);
COMMENT ON TABLE hexroute.sub_accounts IS 'What agencies have in GHL, chosen for routing or not. name is NULL until GHL was asked, tenant while no webhook has told it.';
COMMENT ON COLUMN hexroute.sub_accounts.changed_at IS 'Instant of which installed is true: webhooks come late, twice and in any order, and an older one changes nothing.';

CREATE TABLE hexroute.notice_channels (
  id             text NOT NULL,
  tenant         text NOT NULL REFERENCES hexroute.agencies,
  scope          text NOT NULL CHECK (scope IN ('agency', 'region', 'location', 'user')),
  scope_id       text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('email', 'slack', 'webhook', 'assigned-user', 'ghl-message')),
  target         text,
  events         text[] NOT NULL,
  digest_minutes integer CHECK (digest_minutes BETWEEN 1 AND 1440),
  quiet_from     text,
  quiet_to       text,
  time_zone      text NOT NULL,
  enabled        boolean NOT NULL DEFAULT true,
  fault          text,
  secret_sealed  bytea,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id)
);
CREATE INDEX notice_channels_scope ON hexroute.notice_channels (tenant, scope, scope_id);
COMMENT ON COLUMN hexroute.notice_channels.fault IS 'Why it was switched off by itself, a stable code; NULL when it was not.';
COMMENT ON COLUMN hexroute.notice_channels.secret_sealed IS 'webhook: the key that signs it (Standard Webhooks), shown once when the channel is made.';
CREATE TABLE hexroute.notices (
  notice_id    uuid PRIMARY KEY,
  tenant       text NOT NULL,
  channel_id   text NOT NULL,
  event        text NOT NULL,
  subject      jsonb NOT NULL,
  due_at       timestamptz NOT NULL,
  grouped      boolean NOT NULL,
  state        text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'failed', 'unknown', 'superseded')),
  message_id   uuid,
  leased_until timestamptz,
  leaving_at   timestamptz,
  tries        integer NOT NULL DEFAULT 0,
  error        text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  settled_at   timestamptz
);
CREATE INDEX notices_due ON hexroute.notices (due_at) WHERE state IN ('due', 'sending');
CREATE INDEX notices_channel_due ON hexroute.notices (tenant, channel_id) WHERE state IN ('due', 'sending');
CREATE INDEX notices_settled ON hexroute.notices (settled_at) WHERE settled_at IS NOT NULL;
COMMENT ON TABLE hexroute.notices IS 'What people are to be told, each once: the id is derived from event, lead, attempt and channel.';
COMMENT ON COLUMN hexroute.notices.subject IS 'Ids of lead, location, user: the person is read where it lives when the notice is written.';
COMMENT ON COLUMN hexroute.notices.grouped IS 'It waits for the end of a digest window or of quiet hours, and leaves in one message with the others of its channel that do.';
COMMENT ON COLUMN hexroute.notices.message_id IS 'The message that it left in, set when a sender takes it first: a retry is the same message with the same notices.';
COMMENT ON COLUMN hexroute.notices.leaving_at IS 'Since when the message may have left, in the present try. NULL: certainly nothing left.';
COMMENT ON COLUMN hexroute.notices.state IS 'unknown: it was leaving when the process died or the answer was lost, by a channel that could tell it twice; it is not sent again. superseded: no longer true when it was due.';

CREATE TABLE hexroute.dead_letters_redriven (
  stream_created timestamptz NOT NULL,
  seq            bigint NOT NULL,
  tenant         text NOT NULL,
  times          integer NOT NULL DEFAULT 1,
  key_id         uuid,
  asked_at       timestamptz NOT NULL DEFAULT now(),
  published_at   timestamptz,
  PRIMARY KEY (stream_created, seq)
);
COMMENT ON TABLE hexroute.dead_letters_redriven IS 'Which messages of the stream DLQ were sent to their stage again. published_at NULL: the process died before it could.';

CREATE TABLE hexroute.reconcile_marks (
  location_id text NOT NULL REFERENCES hexroute.locations,
  tenant      text NOT NULL,
  subject     text NOT NULL CHECK (subject IN ('contacts', 'opportunities')),
  seen_until  timestamptz NOT NULL,
  ran_at      timestamptz NOT NULL DEFAULT now(),
  seen        integer NOT NULL DEFAULT 0,
  taken_in    integer NOT NULL DEFAULT 0,
  missing     integer NOT NULL DEFAULT 0,
  fault       text,
  go_on_at    jsonb,
  PRIMARY KEY (location_id, subject)
);
COMMENT ON COLUMN hexroute.reconcile_marks.taken_in IS 'In the last run, as seen: events that had never come by webhook. missing: delivered leads that GHL does not have any more.';
COMMENT ON COLUMN hexroute.reconcile_marks.go_on_at IS 'After a run that was full: where in GHL''s search the next goes on. More contacts than a run reads may be of one instant.';
COMMENT ON TABLE hexroute.reconcile_marks IS 'Until when a sub-account was compared with GHL: the next comparison starts there, less an overlap.';
