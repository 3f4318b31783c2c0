-- Decisions that no webhook asked for (a timer, a person) have no redelivery to publish them after a crash: this does.
CREATE TABLE hexroute.decision_outbox (
  decision_id     uuid PRIMARY KEY,
  lead_created_at timestamptz NOT NULL,
  written_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX decision_outbox_age ON hexroute.decision_outbox (written_at);
COMMENT ON TABLE hexroute.decision_outbox IS 'Committed and not yet known to be published; written in the decision''s own transaction.';
