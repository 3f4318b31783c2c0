DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_facts;
DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_deliveries;
DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_decisions;
DROP TABLE IF EXISTS hexroute.lead_lifecycle;
