-- What was written to GHL, which webhooks were seen, and what the ClickHouse sink has promised to write.
CREATE TABLE hexroute.deliveries (
  lead_id        uuid NOT NULL,
  attempt        smallint NOT NULL,
  tenant         text NOT NULL,
  location_id    text NOT NULL,
  state          text NOT NULL CHECK (state IN ('started', 'contact', 'delivered', 'failed')),
  contact_id     text,
  opportunity_id text,
  tries          integer NOT NULL DEFAULT 0,
  error_code     text,
  error_detail   text,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lead_id, attempt)
);
CREATE INDEX deliveries_contact ON hexroute.deliveries (location_id, contact_id);
COMMENT ON TABLE hexroute.deliveries IS 'The ledger of our own writes to GHL: what makes a retry find its first try, and an echoed webhook known as ours.';

CREATE TABLE hexroute.ghl_companies (
  tenant               text PRIMARY KEY REFERENCES hexroute.agencies,
  refresh_token_sealed bytea NOT NULL,
  access_token_sealed  bytea,
  expires_at           timestamptz
);
COMMENT ON TABLE hexroute.ghl_companies IS 'OAuth tokens of the agency, sealed with AES-256-GCM under HEXROUTE_SECRET_KEY. The refresh token is single-use: it is replaced under the row lock before the new access token is used.';

CREATE TABLE hexroute.seen_events (
  event_id uuid PRIMARY KEY,
  seen_at  timestamptz NOT NULL
);
CREATE INDEX seen_events_age ON hexroute.seen_events USING brin (seen_at);
COMMENT ON TABLE hexroute.seen_events IS 'The 7-day duplicate memory of the gateway, written after JetStream acknowledged.';

CREATE TABLE hexroute.sink_plans (
  stream         text NOT NULL,
  stream_created timestamptz NOT NULL,
  first_seq      bigint NOT NULL,
  last_seq       bigint NOT NULL,
  row_count      integer NOT NULL,
  token          text NOT NULL,
  state          text NOT NULL CHECK (state IN ('planned', 'done')),
  planned_at     timestamptz NOT NULL DEFAULT now(),
  done_at        timestamptz,
  PRIMARY KEY (stream, stream_created, first_seq)
);
COMMENT ON TABLE hexroute.sink_plans IS 'Batches of the ClickHouse sink: saved before the insert, so that after a crash the same rows go in again with the same token and ClickHouse drops them.';
