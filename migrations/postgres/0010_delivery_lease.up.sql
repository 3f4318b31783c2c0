-- Who writes a lead to GHL at present, and until when nobody else may. A process that is cut off or stopped and comes back
-- finds another's id here and ends.
ALTER TABLE hexroute.deliveries
  ADD COLUMN lease_id uuid,
  ADD COLUMN lease_until timestamptz;
COMMENT ON COLUMN hexroute.deliveries.lease_id IS 'The try that has the lead, another id for each: every save and every call to GHL is made under it.';
COMMENT ON COLUMN hexroute.deliveries.lease_until IS 'Until then, by the clock of Postgres, no other try begins. Empty: nobody has the lead.';
