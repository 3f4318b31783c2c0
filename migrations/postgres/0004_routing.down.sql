-- Back to one row per candidate: the rows themselves are rebuilt from the decisions.
DROP TABLE hexroute.router_beats, hexroute.sla_timers, hexroute.pond_leads, hexroute.held_leads, hexroute.lead_identities,
  hexroute.calendars, hexroute.territory_codes, hexroute.users;
DROP VIEW hexroute.decision_candidates;
