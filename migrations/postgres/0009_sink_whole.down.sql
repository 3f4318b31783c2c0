DROP TABLE hexroute.sink_ledger, hexroute.sink_epochs;
DELETE FROM hexroute.sink_plans WHERE database <> 'hexroute';
ALTER TABLE hexroute.sink_plans DROP CONSTRAINT sink_plans_pkey, ADD PRIMARY KEY (stream, stream_created, first_seq);
ALTER TABLE hexroute.sink_plans DROP COLUMN database, DROP COLUMN epoch, DROP COLUMN refused;
