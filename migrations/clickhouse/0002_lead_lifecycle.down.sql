DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_facts{{on_cluster}};
DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_deliveries{{on_cluster}};
DROP VIEW IF EXISTS hexroute.lead_lifecycle_from_decisions{{on_cluster}};
DROP TABLE IF EXISTS hexroute.lead_lifecycle{{on_cluster}};
