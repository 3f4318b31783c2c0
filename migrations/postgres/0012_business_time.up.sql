-- Speed to lead in open hours, as it was published: a rebuild of the analytics tells the same.
ALTER TABLE hexroute.lead_facts ADD COLUMN business_ms bigint;
COMMENT ON COLUMN hexroute.lead_facts.business_ms IS 'Open milliseconds of the location between the lead''s creation and the fact; null where it is no touch.';
