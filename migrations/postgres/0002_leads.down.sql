DROP FUNCTION hexroute.ensure_partitions;
DROP TABLE hexroute.lead_facts, hexroute.counter_epochs, hexroute.reservations, hexroute.decision_candidates,
  hexroute.decisions, hexroute.lead_keys, hexroute.leads;
