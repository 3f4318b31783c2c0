ALTER TABLE hexroute.lead_facts DROP COLUMN business_ms;
