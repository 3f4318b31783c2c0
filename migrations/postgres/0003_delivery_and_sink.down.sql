DROP TABLE hexroute.sink_plans, hexroute.seen_events, hexroute.ghl_companies, hexroute.deliveries;
