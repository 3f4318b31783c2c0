DROP TABLE IF EXISTS hexroute.lead_lifecycle_before{{on_cluster}};
