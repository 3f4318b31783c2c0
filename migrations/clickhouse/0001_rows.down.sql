DROP TABLE IF EXISTS hexroute.lead_facts{{on_cluster}};
DROP TABLE IF EXISTS hexroute.deliveries{{on_cluster}};
DROP TABLE IF EXISTS hexroute.decision_candidates{{on_cluster}};
DROP TABLE IF EXISTS hexroute.decisions{{on_cluster}};
DROP TABLE IF EXISTS hexroute.events{{on_cluster}};
