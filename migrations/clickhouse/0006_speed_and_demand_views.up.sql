-- Views for people, as in the step before: how fast leads are met, how full locations are, what is not served, who gets his share.

CREATE VIEW IF NOT EXISTS hexroute.v_speed_to_lead{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day on which the leads were created.',
    region_id String COMMENT 'Region of the location when it was decided; empty without a location.',
    location_id String COMMENT 'Location that the leads are assigned to.',
    leads UInt64 COMMENT 'Leads created on the day and assigned here.',
    contacted UInt64 COMMENT 'Of these, those that a person of the location has contacted.',
    p50_s Nullable(Float64) COMMENT 'Median seconds from created to contacted, by the clock; null when none is contacted.',
    p90_s Nullable(Float64) COMMENT 'The same, 90th percentile.',
    within_5_min UInt64 COMMENT 'Leads contacted within 5 minutes by the clock.',
    share_within_5_min Nullable(Float64) COMMENT 'within_5_min / leads; null without leads.',
    business_p50_s Nullable(Float64) COMMENT 'Median seconds in open hours of the location; null when unknown.',
    business_p90_s Nullable(Float64) COMMENT 'The same, 90th percentile.',
    business_within_5_min UInt64 COMMENT 'Leads contacted within 5 open minutes.'
)
AS SELECT
    tenant, created_day AS day, region_id, location_id,
    count() AS leads, count(contacted_at) AS contacted,
    quantileOrNull(0.5)(if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000))) AS p50_s,
    quantileOrNull(0.9)(if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000))) AS p90_s,
    countIf(dateDiff('millisecond', created_at, contacted_at) <= 300000) AS within_5_min,
    if(leads = 0, NULL, within_5_min / leads) AS share_within_5_min,
    quantileOrNull(0.5)(contacted_business_ms / 1000) AS business_p50_s,
    quantileOrNull(0.9)(contacted_business_ms / 1000) AS business_p90_s,
    countIf(contacted_business_ms <= 300000) AS business_within_5_min
FROM hexroute.lead_lifecycle FINAL
WHERE outcome = 'assigned'
GROUP BY tenant, day, region_id, location_id
COMMENT 'Speed to lead per location and day of creation.';

CREATE VIEW IF NOT EXISTS hexroute.v_funnel{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day on which the leads were created.',
    region_id String COMMENT 'Region of the location when it was decided; empty without a location.',
    location_id String COMMENT 'Location that the leads are assigned to; empty for those that are to none.',
    created UInt64 COMMENT 'Leads created.',
    routed UInt64 COMMENT 'Of these, assigned to a location.',
    delivered UInt64 COMMENT 'Of these, written into GHL.',
    contacted UInt64 COMMENT 'Contacted by a person of the location.',
    appointment UInt64 COMMENT 'With an appointment.',
    won UInt64 COMMENT 'Won now.',
    is_maturing Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
AS SELECT
    tenant, created_day AS day, region_id, location_id,
    count() AS created, countIf(outcome = 'assigned') AS routed, count(delivered_at) AS delivered,
    count(contacted_at) AS contacted, count(appointment_at) AS appointment, countIf(status = 'won') AS won,
    created_day > today() - 30 AS is_maturing
FROM hexroute.lead_lifecycle FINAL
GROUP BY tenant, day, region_id, location_id
COMMENT 'From created to won, per location and day of creation. Each step counts who has ever reached it.';

CREATE VIEW IF NOT EXISTS hexroute.v_sla_breaches{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    breached_at DateTime64(3, 'UTC') COMMENT 'When the lead was decided again.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'The attempt that was missed.',
    region_id String COMMENT 'Region of the location that missed it.',
    location_id String COMMENT 'Location that missed it.',
    user_id String COMMENT 'User that missed it; empty when it was given to the location alone.',
    next_outcome LowCardinality(String) COMMENT 'Outcome of the decision that followed.',
    next_location_id LowCardinality(String) COMMENT 'Where it went; empty when to no location.'
)
AS SELECT
    s.tenant AS tenant, s.decided_at AS breached_at, s.lead_id AS lead_id, m.attempt AS attempt, toString(m.region_id) AS region_id,
    toString(m.location_id) AS location_id, toString(m.user_id) AS user_id, s.outcome AS next_outcome, s.location_id AS next_location_id
FROM (SELECT * FROM hexroute.decisions FINAL WHERE request = 'sla') AS s
INNER JOIN
(
    SELECT tenant, lead_id, attempt, region_id, location_id, user_id FROM hexroute.decisions FINAL
    WHERE lead_id IN (SELECT lead_id FROM hexroute.decisions WHERE request = 'sla')
) AS m ON m.tenant = s.tenant AND m.lead_id = s.lead_id AND m.attempt + 1 = s.attempt
COMMENT 'One row per first touch that did not come in time: who had the lead, and where it went.';

CREATE VIEW IF NOT EXISTS hexroute.v_capacity{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    hour DateTime('UTC') COMMENT 'Start of the hour.',
    region_id String COMMENT 'Region of the location.',
    location_id LowCardinality(String) COMMENT 'The location.',
    utilisation Float64 COMMENT 'Highest used/limit of its caps that a decision saw, 0 to 1.',
    minutes_seen UInt8 COMMENT 'Minutes of the hour in which a decision considered it.',
    minutes_full UInt8 COMMENT 'Minutes of these in which a cap of it was full.',
    share_full Nullable(Float64) COMMENT 'minutes_full / minutes_seen: share of the time with demand that it stood at a cap.'
)
AS SELECT
    tenant, hour, region_id, location_id, utilisation, bitCount(seen_minutes) AS minutes_seen, bitCount(full_minutes) AS minutes_full,
    if(minutes_seen = 0, NULL, minutes_full / minutes_seen) AS share_full
FROM hexroute.location_hours FINAL
COMMENT 'How full each location was, per hour.';

CREATE VIEW IF NOT EXISTS hexroute.v_refusals{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day of the decisions.',
    region_id LowCardinality(String) COMMENT 'Region of the location.',
    location_id LowCardinality(String) COMMENT 'Location that was passed over.',
    reason LowCardinality(String) COMMENT 'INACTIVE, PAUSED, DISTANCE, SERVICE, LANGUAGE, HOURS, CAP and others.',
    leads UInt64 COMMENT 'Leads that did not go there for this reason.'
)
AS SELECT tenant, toDate(decided_at) AS day, region_id, location_id, reason, uniqExact(lead_id) AS leads
FROM hexroute.decision_candidates
WHERE reason != ''
GROUP BY tenant, day, region_id, location_id, reason
COMMENT 'How often a location was passed over, per reason and day.';

CREATE VIEW IF NOT EXISTS hexroute.v_unserved_demand{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day on which the leads were created.',
    cell UInt64 COMMENT 'H3 cell of resolution 7; 0 when the lead has no place. h3ToString(cell) shows it.',
    reason String COMMENT 'Why: NO_COVERAGE, ALL_FULL, ALL_CLOSED, BAD_POSTAL and others.',
    outcome String COMMENT 'held, pond, hq or rejected.',
    leads UInt64 COMMENT 'Leads created on the day.'
)
AS SELECT tenant, created_day AS day, cell, fallback AS reason, outcome, count() AS leads
FROM hexroute.lead_lifecycle FINAL
WHERE outcome NOT IN ('assigned', '')
GROUP BY tenant, day, cell, reason, outcome
COMMENT 'Leads that are with no location now, per H3 cell, reason and day of creation.';

CREATE VIEW IF NOT EXISTS hexroute.v_fairness{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    region_id LowCardinality(String) COMMENT 'Region of the location.',
    location_id LowCardinality(String) COMMENT 'Location of the user.',
    user_id LowCardinality(String) COMMENT 'The user.',
    received UInt64 COMMENT 'Leads that he was given.',
    entitled Float64 COMMENT 'Leads that were his share of those given while he could take one.',
    shortfall Float64 COMMENT 'entitled - received after the last decision: above 0 he is owed leads.'
)
AS SELECT
    tenant, argMax(d.region_id, d.decided_at) AS region_id, location_id, user_id, countIf(d.chosen) AS received,
    received + argMax(d.shortfall - d.chosen, (d.decided_at, d.attempt)) AS entitled, entitled - received AS shortfall
FROM hexroute.decision_users AS d FINAL
GROUP BY tenant, location_id, user_id
COMMENT 'What each user of a rotation was entitled to and what he received, since he takes part.';
