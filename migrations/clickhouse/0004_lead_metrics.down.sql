DROP VIEW IF EXISTS hexroute.location_hours_from_candidates{{on_cluster}};
DROP TABLE IF EXISTS hexroute.location_hours{{on_cluster}};
DROP TABLE IF EXISTS hexroute.decision_users{{on_cluster}};
