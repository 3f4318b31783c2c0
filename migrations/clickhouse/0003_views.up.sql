-- Views for people: names stay, the tables below them may change.
CREATE VIEW IF NOT EXISTS hexroute.v_why{{on_cluster}}
(
    decided_at DateTime64(3, 'UTC') COMMENT 'When it was decided.',
    tenant LowCardinality(String) COMMENT 'Agency id.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'Counts up each time that the lead is routed again.',
    decision_id UUID COMMENT 'The decision.',
    outcome LowCardinality(String) COMMENT 'assigned, held, pond, hq or rejected.',
    location_id LowCardinality(String) COMMENT 'Chosen location; empty when none was.',
    region_id LowCardinality(String) COMMENT 'Its region; empty when none was.',
    tier LowCardinality(String) COMMENT 'Tier that decided.',
    why String COMMENT 'The decision in one sentence.',
    candidate_count UInt16 COMMENT 'Locations that were considered: see decision_candidates.',
    ruleset_hash String COMMENT 'sha256 of the ruleset that decided.'
)
AS SELECT decided_at, tenant, lead_id, attempt, decision_id, outcome, location_id, region_id, tier, why, candidate_count, ruleset_hash
FROM hexroute.decisions FINAL
COMMENT 'One row per decision with the sentence.';

CREATE VIEW IF NOT EXISTS hexroute.v_conversion_by_location_day{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day on which the leads were created.',
    region_id String COMMENT 'Region of the location when it was decided.',
    location_id String COMMENT 'Location that the leads are assigned to.',
    leads UInt64 COMMENT 'Leads created on the day and assigned here.',
    won UInt64 COMMENT 'Of these, those that are won now.',
    rate Float64 COMMENT 'won / leads: conversion of the cohort.'
)
AS SELECT
    tenant,
    created_day AS day,
    region_id,
    location_id,
    count() AS leads,
    countIf(status = 'won') AS won,
    won / leads AS rate
FROM hexroute.lead_lifecycle FINAL
WHERE outcome = 'assigned'
GROUP BY tenant, day, region_id, location_id
COMMENT 'Cohort conversion per location and day of creation.';

CREATE VIEW IF NOT EXISTS hexroute.v_conversion_by_region_day{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day on which the leads were created.',
    region_id String COMMENT 'Region that the leads are assigned to.',
    leads UInt64 COMMENT 'Leads created on the day and assigned there.',
    won UInt64 COMMENT 'Of these, those that are won now.',
    rate Float64 COMMENT 'won / leads: conversion of the cohort.'
)
AS SELECT
    tenant,
    created_day AS day,
    region_id,
    count() AS leads,
    countIf(status = 'won') AS won,
    won / leads AS rate
FROM hexroute.lead_lifecycle FINAL
WHERE outcome = 'assigned'
GROUP BY tenant, day, region_id
COMMENT 'Cohort conversion per region and day of creation.';
