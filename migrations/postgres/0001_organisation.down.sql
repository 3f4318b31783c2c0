DROP TABLE hexroute.audit_log, hexroute.access_keys, hexroute.caps, hexroute.territory_cells, hexroute.territories,
  hexroute.rulesets, hexroute.sources, hexroute.locations, hexroute.regions, hexroute.agencies;
