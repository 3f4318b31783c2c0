-- The sink's plans: for more than one database, of one holder at a time, with what ClickHouse refused; and what was written.
ALTER TABLE hexroute.sink_plans
  ADD COLUMN database text NOT NULL DEFAULT 'hexroute',
  ADD COLUMN epoch bigint NOT NULL DEFAULT 0,
  ADD COLUMN refused jsonb NOT NULL DEFAULT '[]',
  DROP CONSTRAINT sink_plans_pkey,
  ADD PRIMARY KEY (database, stream, stream_created, first_seq);
ALTER TABLE hexroute.sink_plans ALTER COLUMN database DROP DEFAULT, ALTER COLUMN epoch DROP DEFAULT;
COMMENT ON COLUMN hexroute.sink_plans.database IS 'Database of ClickHouse that the batch goes to.';
COMMENT ON COLUMN hexroute.sink_plans.epoch IS 'Epoch of the sink that planned it.';
COMMENT ON COLUMN hexroute.sink_plans.refused IS 'Ranges that ClickHouse refused as a whole, as [table, first, last]: each goes in as its two halves.';

CREATE TABLE hexroute.sink_epochs (
  database text NOT NULL,
  stream   text NOT NULL,
  epoch    bigint NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (database, stream)
);
COMMENT ON TABLE hexroute.sink_epochs IS 'Counts the take-overs of a stream: a sink of an earlier epoch can neither plan a batch nor mark one done.';

CREATE TABLE hexroute.sink_ledger (
  database       text NOT NULL,
  stream         text NOT NULL,
  stream_created timestamptz NOT NULL,
  table_name     text NOT NULL,
  first_seq      bigint NOT NULL,
  last_seq       bigint NOT NULL,
  first_at       timestamptz NOT NULL,
  last_at        timestamptz NOT NULL,
  row_count      bigint NOT NULL,
  ids_xor        bigint NOT NULL,
  poison         bigint[] NOT NULL,
  done_at        timestamptz NOT NULL DEFAULT now(),
  audited_at     timestamptz,
  repairs        integer NOT NULL DEFAULT 0,
  PRIMARY KEY (database, stream, stream_created, first_seq, table_name)
);
CREATE INDEX sink_ledger_age ON hexroute.sink_ledger USING brin (done_at);
COMMENT ON TABLE hexroute.sink_ledger IS 'What was written to ClickHouse, by table and batch, for comparing the two. The sink removes lines after a day.';
COMMENT ON COLUMN hexroute.sink_ledger.ids_xor IS 'Exclusive or over the rows of both halves of their id, each read as 64 bits.';
COMMENT ON COLUMN hexroute.sink_ledger.poison IS 'Sequences whose rows ClickHouse refused; they lie in the dead letters.';
COMMENT ON COLUMN hexroute.sink_ledger.audited_at IS 'When the sink last compared the batch with ClickHouse.';
COMMENT ON COLUMN hexroute.sink_ledger.repairs IS 'How often rows were missing and written again: each repair has a token of its own.';
