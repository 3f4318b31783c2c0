/** No leads, and nothing of them. Deleted, not truncated: that makes new files for every partition and index, and there are a few rows. */
export const EMPTY_ROUTING = `
  DELETE FROM hexroute.leads;
  DELETE FROM hexroute.lead_keys;
  DELETE FROM hexroute.lead_identities;
  DELETE FROM hexroute.decisions;
  DELETE FROM hexroute.reservations;
  DELETE FROM hexroute.held_leads;
  DELETE FROM hexroute.pond_leads;
  DELETE FROM hexroute.sla_timers;
  DELETE FROM hexroute.decision_outbox;
  DELETE FROM hexroute.lead_facts;
  DELETE FROM hexroute.waiting_facts;
  DELETE FROM hexroute.waiting_people;
  DELETE FROM hexroute.router_beats;
  DELETE FROM hexroute.deliveries;
  DELETE FROM hexroute.location_outages;
`
