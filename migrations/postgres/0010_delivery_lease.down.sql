ALTER TABLE hexroute.deliveries
  DROP COLUMN lease_id,
  DROP COLUMN lease_until;
