DROP TABLE hexroute.decision_outbox;
