DROP TABLE IF EXISTS hexroute.lead_facts;
DROP TABLE IF EXISTS hexroute.deliveries;
DROP TABLE IF EXISTS hexroute.decision_candidates;
DROP TABLE IF EXISTS hexroute.decisions;
DROP TABLE IF EXISTS hexroute.events;
