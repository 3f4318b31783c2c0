DROP TABLE hexroute.dead_letters_redriven;
DROP TABLE hexroute.reconcile_marks;
DROP TABLE hexroute.notices;
DROP TABLE hexroute.notice_channels;
DROP TABLE hexroute.sub_accounts;
DROP TABLE hexroute.connect_states;
DROP TABLE hexroute.ghl_private_tokens;
DELETE FROM hexroute.ghl_companies WHERE refresh_token_sealed IS NULL;
ALTER TABLE hexroute.ghl_companies
  ALTER COLUMN refresh_token_sealed SET NOT NULL,
  DROP COLUMN name,
  DROP COLUMN scopes,
  DROP COLUMN connected_at,
  DROP COLUMN disconnected_at,
  DROP COLUMN fault;
DROP TABLE hexroute.location_outages;
DROP TABLE hexroute.delivery_settings;
UPDATE hexroute.deliveries SET state = 'failed' WHERE state IN ('parked', 'withdrawn');
ALTER TABLE hexroute.deliveries
  DROP COLUMN steps,
  DROP CONSTRAINT deliveries_state_check,
  ADD CONSTRAINT deliveries_state_check CHECK (state IN ('started', 'contact', 'delivered', 'failed'));
