-- What the migrations make, all of them run. Written by the test that compares it: npx vitest run the-schema-is-what -u.
-- Read this to learn the tables, read the steps to learn why.

CREATE TABLE hexroute.decision_candidates
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `location_id` LowCardinality(String) COMMENT 'Sub-account that was considered.',
    `region_id` LowCardinality(String) COMMENT 'Its region when it was considered.',
    `decision_id` UUID COMMENT 'The decision.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'Attempt of the decision.',
    `tier` LowCardinality(String) COMMENT 'Tier that brought the location in.',
    `territory_kind` LowCardinality(String) COMMENT 'zip, polygon or radius; empty without a territory.',
    `territory_id` String COMMENT 'Territory that brought the location in; empty without one.' CODEC(ZSTD(1)),
    `chosen` Bool COMMENT 'True for the location that received the lead.',
    `rank` UInt16 COMMENT '1 is best; 0 when not eligible.',
    `reason` LowCardinality(String) COMMENT 'Why it was not eligible; empty when it was.',
    `detail` String COMMENT 'Which cap, service or rule: day 20/20.' CODEC(ZSTD(1)),
    `distance_m` Nullable(Float64) COMMENT 'Great-circle metres between lead and location; null when the lead has no point.',
    `utilisation` Float64 COMMENT 'Highest used/limit of its caps, 0 to 1.',
    `score` Nullable(Float64) COMMENT 'What it was ranked by; null when not ranked.',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'Instant of the decision.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored the decision.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_decision decision_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), decision_id, tier, territory_id)
TTL toDateTime(decided_at) + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, ttl_only_drop_parts = 1
COMMENT 'Every location that a decision considered, with the reason against it. Read with FINAL.';

CREATE TABLE hexroute.decision_users
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `location_id` LowCardinality(String) COMMENT 'Location that the lead was given to.',
    `region_id` LowCardinality(String) COMMENT 'Its region when it was decided.',
    `user_id` LowCardinality(String) COMMENT 'User of that location who was considered.',
    `decision_id` UUID COMMENT 'The decision.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'Attempt of the decision.',
    `chosen` Bool COMMENT 'True for the user who received the lead.',
    `rank` UInt16 COMMENT '1 has the first claim; 0 when not eligible.',
    `reason` LowCardinality(String) COMMENT 'Why not eligible: ABSENT, HOURS, SERVICE, LANGUAGE, CAP, PREVIOUS_ASSIGNEE or NO_SHARE; empty when eligible.',
    `shortfall` Float64 COMMENT 'Entitled minus received in the rotation, in leads, his share of this lead included; the largest goes first.',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'Instant of the decision.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored the decision.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, user_id, toStartOfHour(decided_at), decision_id)
TTL toDateTime(decided_at) + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 8192
COMMENT 'Every user that a decision considered inside the chosen location. Read with FINAL.';

CREATE TABLE hexroute.decisions
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `location_id` LowCardinality(String) COMMENT 'Chosen sub-account; empty when none was.',
    `region_id` LowCardinality(String) COMMENT 'Region of the chosen sub-account when it was decided; empty when none was.',
    `user_id` LowCardinality(String) COMMENT 'User that the lead was given to; empty when to none.',
    `previous_location_id` LowCardinality(String) COMMENT 'Location that had the lead before this decision; empty when none had.',
    `decision_id` UUID COMMENT 'One row per decision.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'Counts up each time that the lead is routed again.',
    `event_id` UUID COMMENT 'The event that asked for the decision.',
    `request` LowCardinality(String) DEFAULT 'new' COMMENT 'Why it was decided: new, held, pond-timeout, sla, claim, move, return or undeliverable.',
    `outcome` LowCardinality(String) COMMENT 'assigned, held, pond, hq or rejected.',
    `tier` LowCardinality(String) COMMENT 'explicit, sticky, exclusive, shared, nearest or fallback; empty when none matched.',
    `fallback` LowCardinality(String) COMMENT 'Why no location was reached by the plain way; empty when one was.',
    `strategy` LowCardinality(String) COMMENT 'How the candidates of the tier were ranked.',
    `flags` Array(LowCardinality(String)) COMMENT 'What a reader must not overlook: cap-overridden, soft-cap-exceeded, closed-now, test-lead and others.',
    `lead_score` Float64 COMMENT 'Score of the lead, 0 to 100.',
    `why` String COMMENT 'The decision in one sentence.' CODEC(ZSTD(3)),
    `candidate_count` UInt16 COMMENT 'Locations that were considered; each is a row of decision_candidates.',
    `intake_location_id` LowCardinality(String) COMMENT 'Sub-account that the lead came in by.',
    `lead_source` LowCardinality(String) COMMENT 'Source that the form or ad named; empty when it named none.',
    `lead_campaign` LowCardinality(String) COMMENT 'Campaign that the form or ad named; empty when it named none.',
    `country` LowCardinality(String) COMMENT 'ISO 3166 code of the lead\'s place; empty when unknown.',
    `postal_code` String COMMENT 'Postal code after mending; empty when unknown.' CODEC(ZSTD(1)),
    `cell` UInt64 COMMENT 'H3 cell of the lead\'s place, resolution 7; 0 when unknown.',
    `place_precision` LowCardinality(String) COMMENT 'How the place was found: coordinates, zip, fsa, zip3, city or none.',
    `ruleset_hash` String COMMENT 'sha256 of the ruleset that decided.' CODEC(ZSTD(1)),
    `decision_hash` String COMMENT 'sha256 of the whole decision document.' CODEC(ZSTD(1)),
    `decided_at` DateTime64(3, 'UTC') COMMENT 'Instant of the reservation.' CODEC(DoubleDelta, ZSTD(1)),
    `lead_created_at` DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_event event_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_received received_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), decision_id)
TTL toDateTime(decided_at) + toIntervalDay(1100)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, ttl_only_drop_parts = 1
COMMENT 'Every decision. Read with FINAL.';

CREATE TABLE hexroute.deliveries
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `location_id` LowCardinality(String) COMMENT 'Sub-account that the lead was written to.',
    `region_id` LowCardinality(String) COMMENT 'Its region; empty when it has none.',
    `delivery_id` UUID COMMENT 'One row per delivery.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'Attempt of the decision that was delivered.',
    `state` LowCardinality(String) COMMENT 'delivered or failed.',
    `contact_id` String COMMENT 'Contact made in that sub-account; empty when there is none.' CODEC(ZSTD(1)),
    `opportunity_id` String COMMENT 'Opportunity made in that sub-account; empty when there is none.' CODEC(ZSTD(1)),
    `error_code` LowCardinality(String) COMMENT 'Stable code of the fault; empty when delivered.',
    `tries` UInt32 COMMENT 'Calls that it took.',
    `decided_at` DateTime64(3, 'UTC') COMMENT 'When it was decided.' CODEC(DoubleDelta, ZSTD(1)),
    `delivered_at` DateTime64(3, 'UTC') COMMENT 'When it was written, or given up.' CODEC(DoubleDelta, ZSTD(1)),
    `lead_created_at` DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream DELIVERIES.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), delivery_id)
TTL toDateTime(decided_at) + toIntervalDay(1100)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, ttl_only_drop_parts = 1
COMMENT 'What was written to GHL. Read with FINAL.';

CREATE TABLE hexroute.events
(
    `tenant` LowCardinality(String) COMMENT 'Agency id; _ while the sub-account is unknown.',
    `location_id` LowCardinality(String) COMMENT 'GHL sub-account that the event came from; _ for agency-level events.',
    `type` LowCardinality(String) COMMENT 'GHL event type, or WorkflowWebhook.',
    `event_id` UUID COMMENT 'Id of the webhook, or derived from its body: one row per event.',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'When it happened on the platform.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream EVENTS.' CODEC(DoubleDelta, ZSTD(1)),
    `origin` LowCardinality(String) COMMENT 'ghl, or workflow:<source id>.',
    `intake` Bool COMMENT 'Came from an intake sub-account or source: only these create leads.',
    `parked` LowCardinality(String) COMMENT 'Why the event is kept but not acted on; empty when it is acted on.',
    `entity_id` String COMMENT 'Id of the contact, opportunity, appointment or message; empty when it has none.' CODEC(ZSTD(1)),
    `contact_id` String COMMENT 'Contact in that sub-account; empty when it has none.' CODEC(ZSTD(1)),
    `payload` JSON(max_dynamic_paths = 64, assignedTo LowCardinality(String), monetaryValue Float64, pipelineId LowCardinality(String), pipelineStageId LowCardinality(String), source LowCardinality(String), status LowCardinality(String),     SKIP customFields,     SKIP email,     SKIP name,     SKIP person,     SKIP phone,     SKIP REGEXP '(?i)(first|last|full|company)_?name|address|birth|body|html') COMMENT 'What analysis may need of the body: ids, states, sources, amounts. No personal data.' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, location_id, type, toStartOfHour(occurred_at), event_id)
TTL toDateTime(received_at) + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, ttl_only_drop_parts = 1
COMMENT 'Every accepted event. Read with FINAL, or count with uniqExact(event_id).';

CREATE TABLE hexroute.lead_facts
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `location_id` LowCardinality(String) COMMENT 'Sub-account where it happened.',
    `region_id` LowCardinality(String) COMMENT 'Its region; empty when it has none.',
    `fact` LowCardinality(String) COMMENT 'replied, contacted, appointment, open, won, lost or abandoned.',
    `fact_id` UUID COMMENT 'One row per fact.',
    `lead_id` UUID COMMENT 'The lead.',
    `value` Nullable(Decimal(18, 2)) COMMENT 'Monetary value of the opportunity, in the currency of the location.',
    `business_ms` Nullable(Int64) COMMENT 'Open time of the location between the creation of the lead and the fact, in milliseconds; null where it is not a contact.',
    `event_id` UUID COMMENT 'The event that told it.',
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'When it happened on the platform.' CODEC(DoubleDelta, ZSTD(1)),
    `lead_created_at` DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    `received_at` DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    `stream_seq` UInt64 COMMENT 'Sequence in the stream FACTS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (tenant, location_id, fact, toStartOfHour(occurred_at), fact_id)
TTL toDateTime(occurred_at) + toIntervalDay(1100)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, ttl_only_drop_parts = 1
COMMENT 'What happened to leads after they were assigned. Read with FINAL.';

CREATE TABLE hexroute.lead_lifecycle
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `created_day` Date COMMENT 'UTC day on which the lead was created; every message of a lead carries the same instant.' CODEC(ZSTD(1)),
    `lead_id` UUID COMMENT 'One row per lead.',
    `created_at` SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'When the lead was created.' CODEC(Delta(8), LZ4),
    `outcome_told` SimpleAggregateFunction(max, UInt32) COMMENT 'Attempt times 8 plus the number of the outcome, of the decision that holds; 0 while none is known.',
    `tier_told` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Its attempt in five digits, then its tier.',
    `fallback_told` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Its attempt and why it did not reach a location by the plain way.',
    `region_told` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Its attempt and the region of its location.',
    `location_told` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Its attempt and location.',
    `user_told` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Its attempt and user.',
    `cell_told` SimpleAggregateFunction(max, UInt128) COMMENT 'Its attempt times 2^64 plus the H3 cell of the person.' CODEC(ZSTD(1)),
    `intake_location_id` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Sub-account that the lead came in by; empty while no decision is known.',
    `lead_source` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Source that the form or ad named; empty when it named none.',
    `lead_campaign` SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Campaign that the form or ad named; empty when it named none.',
    `first_decided_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First decision, whatever its outcome.',
    `assigned_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First decision that chose a location.',
    `delivered_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First time that it stood in GHL.',
    `delivery_failed_at` SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'Last delivery that was given up.',
    `missed_attempts` SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per attempt that was decided because nobody had touched the lead in time.',
    `contacted_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First contact by the location.',
    `contacted_business_ms` SimpleAggregateFunction(min, Nullable(Int64)) COMMENT 'Open time of the location from creation to the first contact, in milliseconds.',
    `replied_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First reply of the lead.',
    `appointment_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First appointment made.',
    `won_at` SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First time won. Whether it is won now: status.',
    `status_told` SimpleAggregateFunction(max, UInt64) COMMENT 'Instant of the latest status of the opportunity, in milliseconds since 1970, times 8 plus the number of the status; 0 before the first.',
    `value_told` SimpleAggregateFunction(max, String) COMMENT 'Latest monetary value told with a fact: its instant in 23 characters, then the amount.',
    `attempt` UInt16 ALIAS intDiv(outcome_told, 8) COMMENT 'Attempt of the decision that holds; 0 while none is known.',
    `outcome` Enum8('' = 0, 'assigned' = 1, 'held' = 2, 'hq' = 3, 'pond' = 4, 'rejected' = 5) ALIAS bitAnd(outcome_told, 7) COMMENT 'Outcome of the decision that holds; empty while none is known.',
    `tier` LowCardinality(String) ALIAS substring(tier_told, 6) COMMENT 'Its tier.',
    `fallback` LowCardinality(String) ALIAS substring(fallback_told, 6) COMMENT 'Why it did not reach a location by the plain way; empty when it did.',
    `region_id` LowCardinality(String) ALIAS substring(region_told, 6) COMMENT 'Region of that location when it was decided.',
    `location_id` LowCardinality(String) ALIAS substring(location_told, 6) COMMENT 'Location that the lead is assigned to; empty when it is to none.',
    `user_id` LowCardinality(String) ALIAS substring(user_told, 6) COMMENT 'User that the lead is given to; empty when to none.',
    `cell` UInt64 ALIAS bitAnd(cell_told, toUInt128(18446744073709551615)) COMMENT 'H3 cell of resolution 7 of the person; 0 when unknown.',
    `status` Enum8('' = 0, 'abandoned' = 1, 'lost' = 2, 'open' = 3, 'won' = 4) ALIAS bitAnd(status_told, 7) COMMENT 'open, won, lost or abandoned as of now; empty before the first.',
    `status_at` Nullable(DateTime64(3, 'UTC')) ALIAS if(status_told = 0, NULL, fromUnixTimestamp64Milli(toInt64(intDiv(status_told, 8)), 'UTC')) COMMENT 'Since when.',
    `value` Nullable(Decimal(18, 2)) ALIAS toDecimal64OrNull(substring(value_told, 24), 2) COMMENT 'Latest monetary value, in the currency of the location.',
    INDEX by_won_day toDate(assumeNotNull(won_at)) TYPE minmax GRANULARITY 1
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(created_day)
ORDER BY (tenant, created_day, lead_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, min_age_to_force_merge_seconds = 600, index_granularity = 8192
COMMENT 'One row a lead, from created to won. Read with FINAL.';

CREATE TABLE hexroute.location_hours
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `hour` DateTime('UTC') COMMENT 'Start of the hour.',
    `location_id` LowCardinality(String) COMMENT 'The location.',
    `region_id` SimpleAggregateFunction(max, String) COMMENT 'Its region when it was considered.',
    `utilisation` SimpleAggregateFunction(max, Float64) COMMENT 'Highest used/limit of its caps that a decision saw, 0 to 1.',
    `seen_minutes` SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per minute of the hour in which a decision considered it.',
    `full_minutes` SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per minute of the hour in which a decision found a cap of it full.'
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, hour, location_id)
TTL hour + toIntervalDay(1100)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192
COMMENT 'How full each location was, hour by hour. Read with FINAL.';

CREATE TABLE hexroute.migrations
(
    `name` String,
    `sha256` String,
    `applied_at` DateTime64(3)
)
ENGINE = MergeTree
ORDER BY name
SETTINGS index_granularity = 8192;

CREATE MATERIALIZED VIEW hexroute.lead_lifecycle_from_decisions TO hexroute.lead_lifecycle
(
    `tenant` LowCardinality(String),
    `created_day` Date,
    `lead_id` UUID,
    `created_at` DateTime64(3, 'UTC'),
    `outcome_told` UInt32,
    `tier_told` String,
    `fallback_told` String,
    `region_told` String,
    `location_told` String,
    `user_told` String,
    `cell_told` UInt128,
    `intake_location_id` LowCardinality(String),
    `lead_source` LowCardinality(String),
    `lead_campaign` LowCardinality(String),
    `first_decided_at` Nullable(DateTime64(3, 'UTC')),
    `assigned_at` Nullable(DateTime64(3, 'UTC')),
    `missed_attempts` UInt64
)
AS WITH
    leftPad(toString(d.attempt), 5, '0') AS at_attempt
SELECT
    d.tenant AS tenant,
    toDate(d.lead_created_at) AS created_day,
    d.lead_id AS lead_id,
    d.lead_created_at AS created_at,
    toUInt32((d.attempt * 8) + indexOf(['assigned', 'held', 'hq', 'pond', 'rejected'], toString(d.outcome))) AS outcome_told,
    concat(at_attempt, toString(d.tier)) AS tier_told,
    concat(at_attempt, toString(d.fallback)) AS fallback_told,
    concat(at_attempt, toString(d.region_id)) AS region_told,
    concat(at_attempt, toString(d.location_id)) AS location_told,
    concat(at_attempt, toString(d.user_id)) AS user_told,
    bitShiftLeft(toUInt128(d.attempt), 64) + d.cell AS cell_told,
    toString(d.intake_location_id) AS intake_location_id,
    toString(d.lead_source) AS lead_source,
    toString(d.lead_campaign) AS lead_campaign,
    toNullable(d.decided_at) AS first_decided_at,
    if(d.outcome = 'assigned', d.decided_at, NULL) AS assigned_at,
    if(d.request = 'sla', bitShiftLeft(toUInt64(1), d.attempt % 64), toUInt64(0)) AS missed_attempts
FROM hexroute.decisions AS d;

CREATE MATERIALIZED VIEW hexroute.lead_lifecycle_from_deliveries TO hexroute.lead_lifecycle
(
    `tenant` LowCardinality(String),
    `created_day` Date,
    `lead_id` UUID,
    `created_at` DateTime64(3, 'UTC'),
    `delivered_at` Nullable(DateTime64(3, 'UTC')),
    `delivery_failed_at` Nullable(DateTime64(3, 'UTC'))
)
AS SELECT
    d.tenant AS tenant,
    toDate(d.lead_created_at) AS created_day,
    d.lead_id AS lead_id,
    d.lead_created_at AS created_at,
    if(d.state = 'delivered', d.delivered_at, NULL) AS delivered_at,
    if(d.state = 'failed', d.delivered_at, NULL) AS delivery_failed_at
FROM hexroute.deliveries AS d;

CREATE MATERIALIZED VIEW hexroute.lead_lifecycle_from_facts TO hexroute.lead_lifecycle
(
    `tenant` LowCardinality(String),
    `created_day` Date,
    `lead_id` UUID,
    `created_at` DateTime64(3, 'UTC'),
    `contacted_at` Nullable(DateTime64(3, 'UTC')),
    `contacted_business_ms` Nullable(Int64),
    `replied_at` Nullable(DateTime64(3, 'UTC')),
    `appointment_at` Nullable(DateTime64(3, 'UTC')),
    `won_at` Nullable(DateTime64(3, 'UTC')),
    `status_told` UInt64,
    `value_told` String
)
AS WITH
    indexOf(['abandoned', 'lost', 'open', 'won'], toString(f.fact)) AS status_number
SELECT
    f.tenant AS tenant,
    toDate(f.lead_created_at) AS created_day,
    f.lead_id AS lead_id,
    f.lead_created_at AS created_at,
    if(f.fact = 'contacted', f.occurred_at, NULL) AS contacted_at,
    if(f.fact = 'contacted', f.business_ms, NULL) AS contacted_business_ms,
    if(f.fact = 'replied', f.occurred_at, NULL) AS replied_at,
    if(f.fact = 'appointment', f.occurred_at, NULL) AS appointment_at,
    if(f.fact = 'won', f.occurred_at, NULL) AS won_at,
    if(status_number = 0, 0, (toUInt64(toUnixTimestamp64Milli(f.occurred_at)) * 8) + status_number) AS status_told,
    if(f.value IS NULL, '', concat(toString(f.occurred_at), toString(assumeNotNull(f.value)))) AS value_told
FROM hexroute.lead_facts AS f;

CREATE MATERIALIZED VIEW hexroute.location_hours_from_candidates TO hexroute.location_hours
(
    `tenant` LowCardinality(String),
    `hour` DateTime('UTC'),
    `location_id` LowCardinality(String),
    `region_id` String,
    `utilisation` Float64,
    `seen_minutes` UInt64,
    `full_minutes` UInt64
)
AS SELECT
    tenant,
    toStartOfHour(c.decided_at) AS hour,
    location_id,
    max(toString(c.region_id)) AS region_id,
    max(c.utilisation) AS utilisation,
    groupBitOr(bitShiftLeft(toUInt64(1), toMinute(c.decided_at))) AS seen_minutes,
    groupBitOr(if(c.reason = 'CAP', bitShiftLeft(toUInt64(1), toMinute(c.decided_at)), toUInt64(0))) AS full_minutes
FROM hexroute.decision_candidates AS c
GROUP BY
    tenant,
    hour,
    location_id;

CREATE VIEW hexroute.v_capacity
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `hour` DateTime('UTC') COMMENT 'Start of the hour.',
    `region_id` String COMMENT 'Region of the location.',
    `location_id` LowCardinality(String) COMMENT 'The location.',
    `utilisation` Float64 COMMENT 'Highest used/limit of its caps that a decision saw, 0 to 1.',
    `minutes_seen` UInt8 COMMENT 'Minutes of the hour in which a decision considered it.',
    `minutes_full` UInt8 COMMENT 'Minutes of these in which a cap of it was full.',
    `share_full` Nullable(Float64) COMMENT 'minutes_full / minutes_seen: share of the time with demand that it stood at a cap.'
)
COMMENT 'How full each location was, per hour.'
AS SELECT
    tenant,
    hour,
    region_id,
    location_id,
    utilisation,
    bitCount(seen_minutes) AS minutes_seen,
    bitCount(full_minutes) AS minutes_full,
    if(minutes_seen = 0, NULL, minutes_full / minutes_seen) AS share_full
FROM hexroute.location_hours
FINAL;

CREATE VIEW hexroute.v_conversion_activity_by_location_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day of the activity.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `leads` UInt64 COMMENT 'Leads created on the day.',
    `won` UInt64 COMMENT 'Leads won for the first time on the day and won now, whenever they were created.',
    `value` Decimal(38, 2) COMMENT 'Sum of their monetary values.',
    `rate` Nullable(Float64) COMMENT 'won / leads of the day: may pass 1; null without leads.'
)
COMMENT 'Conversion by activity: what was won on a day, whenever the lead was created.'
AS SELECT
    tenant,
    day,
    any(d.region_id) AS region_id,
    any(d.location_id) AS location_id,
    sum(is_new) AS leads,
    sum(is_won) AS won,
    sum(worth) AS value,
    if(leads = 0, NULL, won / leads) AS rate
FROM
(
    SELECT
        tenant,
        created_day AS day,
        region_id,
        location_id,
        1 AS is_new,
        0 AS is_won,
        toDecimal64(0, 2) AS worth
    FROM hexroute.lead_lifecycle
    FINAL
    WHERE outcome = 'assigned'
    UNION ALL
    SELECT
        tenant,
        toDate(assumeNotNull(won_at)) AS day,
        region_id,
        location_id,
        0 AS is_new,
        1 AS is_won,
        ifNull(value, toDecimal64(0, 2)) AS worth
    FROM hexroute.lead_lifecycle
    FINAL
    WHERE (won_at IS NOT NULL) AND (status = 'won') AND (outcome = 'assigned')
) AS d
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(d.region_id), cityHash64(d.location_id));

CREATE VIEW hexroute.v_conversion_by_campaign_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `campaign` LowCardinality(String) COMMENT 'Campaign that the form or ad named; empty when it named none.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per campaign, location and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    any(l.lead_campaign) AS campaign,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id), cityHash64(l.lead_campaign));

CREATE VIEW hexroute.v_conversion_by_hour
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `hour` UInt8 COMMENT 'Hour of the day in UTC, 0 to 23.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per hour of the day in which the leads were created, location and day.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    toHour(created_at) AS hour,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    hour,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id));

CREATE VIEW hexroute.v_conversion_by_location_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per location and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id));

CREATE VIEW hexroute.v_conversion_by_region_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region that the leads are assigned to.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per region and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    region_id,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    region_id;

CREATE VIEW hexroute.v_conversion_by_source_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `source` LowCardinality(String) COMMENT 'Source that the form or ad named; empty when it named none.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per source, location and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    any(l.lead_source) AS source,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id), cityHash64(l.lead_source));

CREATE VIEW hexroute.v_conversion_by_user_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location of the user.',
    `user_id` LowCardinality(String) COMMENT 'User that the leads are given to; empty for those given to the location alone.',
    `leads` UInt64 COMMENT 'Leads of the cohort.',
    `won` UInt64 COMMENT 'Of these, those that are won now.',
    `rate` Nullable(Float64) COMMENT 'won / leads: conversion of the cohort; null without leads.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'Cohort conversion per user and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    any(l.user_id) AS user_id,
    count() AS leads,
    countIf(status = 'won') AS won,
    if(leads = 0, NULL, won / leads) AS rate,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id), cityHash64(l.user_id));

CREATE VIEW hexroute.v_fairness
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location.',
    `location_id` LowCardinality(String) COMMENT 'Location of the user.',
    `user_id` LowCardinality(String) COMMENT 'The user.',
    `received` UInt64 COMMENT 'Leads that he was given.',
    `entitled` Float64 COMMENT 'Leads that were his share of those given while he could take one.',
    `shortfall` Float64 COMMENT 'entitled - received after the last decision: above 0 he is owed leads.'
)
COMMENT 'What each user of a rotation was entitled to and what he received, since he takes part.'
AS SELECT
    tenant,
    argMax(d.region_id, d.decided_at) AS region_id,
    location_id,
    user_id,
    countIf(d.chosen) AS received,
    received + argMax(d.shortfall - d.chosen, (d.decided_at, d.attempt)) AS entitled,
    entitled - received AS shortfall
FROM hexroute.decision_users AS d
FINAL
GROUP BY
    tenant,
    location_id,
    user_id;

CREATE VIEW hexroute.v_funnel
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to; empty for those that are to none.',
    `created` UInt64 COMMENT 'Leads created.',
    `routed` UInt64 COMMENT 'Of these, assigned to a location.',
    `delivered` UInt64 COMMENT 'Of these, written into GHL.',
    `contacted` UInt64 COMMENT 'Contacted by a person of the location.',
    `appointment` UInt64 COMMENT 'With an appointment.',
    `won` UInt64 COMMENT 'Won now.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'From created to won, per location and day of creation. Each step counts who has ever reached it.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    count() AS created,
    countIf(outcome = 'assigned') AS routed,
    count(delivered_at) AS delivered,
    count(contacted_at) AS contacted,
    count(appointment_at) AS appointment,
    countIf(status = 'won') AS won,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle AS l
FINAL
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id));

CREATE VIEW hexroute.v_leads
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `lead_id` UUID COMMENT 'The lead.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When the lead was created.',
    `day` Date COMMENT 'UTC day of that.',
    `source` LowCardinality(String) COMMENT 'Source that the form or ad named; empty when it named none.',
    `campaign` LowCardinality(String) COMMENT 'Campaign that the form or ad named; empty when it named none.',
    `outcome` LowCardinality(String) COMMENT 'assigned, held, pond, hq or rejected as of now; empty while no decision is known.',
    `tier` LowCardinality(String) COMMENT 'Tier that decided; empty without a location.',
    `fallback` LowCardinality(String) COMMENT 'Why it did not reach a location by the plain way; empty when it did.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the lead is assigned to; empty when to none.',
    `user_id` LowCardinality(String) COMMENT 'User that it is given to; empty when to none.',
    `cell` UInt64 COMMENT 'H3 cell of resolution 7 of the person; 0 when unknown. h3ToString() shows it.',
    `attempts` UInt16 COMMENT 'How often it was decided for a location, counted from 1; 0 while no decision is known.',
    `missed` UInt8 COMMENT 'How often nobody touched it in the promised time.',
    `status` LowCardinality(String) COMMENT 'open, won, lost or abandoned as of now; empty before the first.',
    `value` Nullable(Decimal(18, 2)) COMMENT 'Latest monetary value, in the currency of the location.',
    `assigned_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First decision that chose a location.',
    `delivered_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First time that it stood in GHL.',
    `contacted_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First contact by a person of the location.',
    `replied_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First reply of the lead.',
    `appointment_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First appointment made.',
    `won_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'First time won. Whether it is won now: status.',
    `speed_s` Nullable(Float64) COMMENT 'Seconds from created to contacted by the clock; null while not contacted.',
    `speed_business_s` Nullable(Float64) COMMENT 'The same in open hours of the location.',
    `is_maturing` Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
COMMENT 'One row per lead, as it stands now.'
AS SELECT
    tenant,
    lead_id,
    created_at,
    created_day AS day,
    lead_source AS source,
    lead_campaign AS campaign,
    outcome,
    tier,
    fallback,
    region_id,
    location_id,
    user_id,
    cell,
    attempt AS attempts,
    bitCount(missed_attempts) AS missed,
    status,
    value,
    assigned_at,
    delivered_at,
    contacted_at,
    replied_at,
    appointment_at,
    won_at,
    if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000)) AS speed_s,
    contacted_business_ms / 1000 AS speed_business_s,
    created_day > (today() - 30) AS is_maturing
FROM hexroute.lead_lifecycle
FINAL;

CREATE VIEW hexroute.v_refusals
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day of the decisions.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location.',
    `location_id` LowCardinality(String) COMMENT 'Location that was passed over.',
    `reason` LowCardinality(String) COMMENT 'INACTIVE, PAUSED, DISTANCE, SERVICE, LANGUAGE, HOURS, CAP and others.',
    `leads` UInt64 COMMENT 'Leads that did not go there for this reason.'
)
COMMENT 'How often a location was passed over, per reason and day.'
AS SELECT
    tenant,
    toDate(decided_at) AS day,
    region_id,
    location_id,
    reason,
    uniqExact(lead_id) AS leads
FROM hexroute.decision_candidates
WHERE reason != ''
GROUP BY
    tenant,
    day,
    region_id,
    location_id,
    reason;

CREATE VIEW hexroute.v_sla_breaches
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `breached_at` DateTime64(3, 'UTC') COMMENT 'When the lead was decided again.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'The attempt that was missed.',
    `region_id` String COMMENT 'Region of the location that missed it.',
    `location_id` String COMMENT 'Location that missed it.',
    `user_id` String COMMENT 'User that missed it; empty when it was given to the location alone.',
    `next_outcome` LowCardinality(String) COMMENT 'Outcome of the decision that followed.',
    `next_location_id` LowCardinality(String) COMMENT 'Where it went; empty when to no location.'
)
COMMENT 'One row per first touch that did not come in time: who had the lead, and where it went.'
AS SELECT
    s.tenant AS tenant,
    s.decided_at AS breached_at,
    s.lead_id AS lead_id,
    m.attempt AS attempt,
    toString(m.region_id) AS region_id,
    toString(m.location_id) AS location_id,
    toString(m.user_id) AS user_id,
    s.outcome AS next_outcome,
    s.location_id AS next_location_id
FROM
(
    SELECT *
    FROM hexroute.decisions
    FINAL
    WHERE request = 'sla'
) AS s
INNER JOIN
(
    SELECT
        tenant,
        lead_id,
        attempt,
        region_id,
        location_id,
        user_id
    FROM hexroute.decisions
    FINAL
    WHERE lead_id IN (
        SELECT lead_id
        FROM hexroute.decisions
        WHERE request = 'sla'
    )
) AS m ON (m.tenant = s.tenant) AND (m.lead_id = s.lead_id) AND ((m.attempt + 1) = s.attempt);

CREATE VIEW hexroute.v_speed_to_lead
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `leads` UInt64 COMMENT 'Leads created on the day and assigned here.',
    `contacted` UInt64 COMMENT 'Of these, those that a person of the location has contacted.',
    `p50_s` Nullable(Float64) COMMENT 'Median seconds from created to contacted, by the clock; null when none is contacted.',
    `p90_s` Nullable(Float64) COMMENT 'The same, 90th percentile.',
    `within_5_min` UInt64 COMMENT 'Leads contacted within 5 minutes by the clock.',
    `share_within_5_min` Nullable(Float64) COMMENT 'within_5_min / leads; null without leads.',
    `business_p50_s` Nullable(Float64) COMMENT 'Median seconds in open hours of the location; null when unknown.',
    `business_p90_s` Nullable(Float64) COMMENT 'The same, 90th percentile.',
    `business_within_5_min` UInt64 COMMENT 'Leads contacted within 5 open minutes.'
)
COMMENT 'Speed to lead per location and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    count() AS leads,
    count(contacted_at) AS contacted,
    quantileOrNull(0.5)(if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000))) AS p50_s,
    quantileOrNull(0.9)(if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000))) AS p90_s,
    countIf(dateDiff('millisecond', created_at, contacted_at) <= 300000) AS within_5_min,
    if(leads = 0, NULL, within_5_min / leads) AS share_within_5_min,
    quantileOrNull(0.5)(contacted_business_ms / 1000) AS business_p50_s,
    quantileOrNull(0.9)(contacted_business_ms / 1000) AS business_p90_s,
    countIf(contacted_business_ms <= 300000) AS business_within_5_min
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE outcome = 'assigned'
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id));

CREATE VIEW hexroute.v_unaccounted
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `hour` DateTime('UTC') COMMENT 'Hour in which the contact first asked, of the last 14 days.',
    `received` UInt64 COMMENT 'Contacts of intake sub-accounts that asked for the first time.',
    `assigned` UInt64 COMMENT 'Of these, with a location now.',
    `held` UInt64 COMMENT 'Waiting for room or opening.',
    `pond` UInt64 COMMENT 'Offered to whoever claims first.',
    `hq` UInt64 COMMENT 'With the head office.',
    `rejected` UInt64 COMMENT 'Refused, with the reason.',
    `in_flight` UInt64 COMMENT 'Not decided: received minus all of the others.',
    `gap_event_ids` Array(UUID) COMMENT 'Their first events, of those that asked over 15 minutes ago: leads that nobody decided. Empty when all is well.'
)
COMMENT 'Every lead that was asked for, by hour, and the ones that are nowhere.'
AS SELECT
    tenant,
    toStartOfHour(at) AS hour,
    count() AS received,
    countIf(outcome = 'assigned') AS assigned,
    countIf(outcome = 'held') AS held,
    countIf(outcome = 'pond') AS pond,
    countIf(outcome = 'hq') AS hq,
    countIf(outcome = 'rejected') AS rejected,
    countIf(outcome = '') AS in_flight,
    groupArrayIf(event, (outcome = '') AND (at < (now() - toIntervalMinute(15)))) AS gap_event_ids
FROM
(
    SELECT
        a.tenant AS tenant,
        a.location_id AS intake,
        a.contact AS contact,
        min(a.first_at) AS at,
        any(a.first_event) AS event,
        max(d.outcome) AS outcome
    FROM
    (
        SELECT
            tenant,
            location_id,
            contact,
            first_at,
            first_event,
            arrayJoin(ids) AS event_id
        FROM
        (
            SELECT
                tenant,
                location_id,
                multiIf(contact_id != '', contact_id, entity_id != '', entity_id, toString(event_id)) AS contact,
                min(received_at) AS first_at,
                argMin(event_id, received_at) AS first_event,
                groupUniqArray(event_id) AS ids
            FROM hexroute.events
            WHERE (type IN ('ContactCreate', 'WorkflowWebhook')) AND intake AND (parked = '') AND (received_at >= (now() - toIntervalDay(28)))
            GROUP BY
                tenant,
                location_id,
                contact
            HAVING first_at >= (now() - toIntervalDay(14))
        )
    ) AS a
    LEFT JOIN
    (
        SELECT
            event_id,
            argMax(outcome, attempt) AS outcome
        FROM hexroute.decisions
        FINAL
        WHERE received_at >= (now() - toIntervalDay(14))
        GROUP BY event_id
    ) AS d ON d.event_id = a.event_id
    GROUP BY
        tenant,
        intake,
        contact
)
GROUP BY
    tenant,
    hour;

CREATE VIEW hexroute.v_unserved_demand
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were created.',
    `cell` UInt64 COMMENT 'H3 cell of resolution 7; 0 when the lead has no place. h3ToString(cell) shows it.',
    `reason` LowCardinality(String) COMMENT 'Why: NO_COVERAGE, ALL_FULL, ALL_CLOSED, BAD_POSTAL and others.',
    `outcome` LowCardinality(String) COMMENT 'held, pond, hq or rejected.',
    `leads` UInt64 COMMENT 'Leads created on the day.'
)
COMMENT 'Leads that are with no location now, per H3 cell, reason and day of creation.'
AS SELECT
    tenant,
    created_day AS day,
    cell,
    fallback AS reason,
    outcome,
    count() AS leads
FROM hexroute.lead_lifecycle
FINAL
WHERE outcome NOT IN ('assigned', '')
GROUP BY
    tenant,
    day,
    cell,
    reason,
    outcome;

CREATE VIEW hexroute.v_why
(
    `decided_at` DateTime64(3, 'UTC') COMMENT 'When it was decided.',
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `lead_id` UUID COMMENT 'The lead.',
    `attempt` UInt16 COMMENT 'Counts up each time that the lead is routed again.',
    `decision_id` UUID COMMENT 'The decision.',
    `outcome` LowCardinality(String) COMMENT 'assigned, held, pond, hq or rejected.',
    `location_id` LowCardinality(String) COMMENT 'Chosen location; empty when none was.',
    `region_id` LowCardinality(String) COMMENT 'Its region; empty when none was.',
    `tier` LowCardinality(String) COMMENT 'Tier that decided.',
    `why` String COMMENT 'The decision in one sentence.',
    `candidate_count` UInt16 COMMENT 'Locations that were considered: see decision_candidates.',
    `ruleset_hash` String COMMENT 'sha256 of the ruleset that decided.'
)
COMMENT 'One row per decision with the sentence.'
AS SELECT
    decided_at,
    tenant,
    lead_id,
    attempt,
    decision_id,
    outcome,
    location_id,
    region_id,
    tier,
    why,
    candidate_count,
    ruleset_hash
FROM hexroute.decisions
FINAL;

CREATE VIEW hexroute.v_won_by_location_day
(
    `tenant` LowCardinality(String) COMMENT 'Agency id.',
    `day` Date COMMENT 'UTC day on which the leads were won for the first time.',
    `region_id` LowCardinality(String) COMMENT 'Region of the location when it was decided; empty without a location.',
    `location_id` LowCardinality(String) COMMENT 'Location that the leads are assigned to.',
    `won` UInt64 COMMENT 'Leads won for the first time on the day and won now, whenever they were created.',
    `value` Decimal(38, 2) COMMENT 'Sum of their monetary values.'
)
COMMENT 'What was won on a day, whenever the lead was created. A day on which nothing was won has no row.'
AS SELECT
    tenant,
    toDate(assumeNotNull(l.won_at)) AS day,
    any(l.region_id) AS region_id,
    any(l.location_id) AS location_id,
    count() AS won,
    sum(ifNull(l.value, toDecimal64(0, 2))) AS value
FROM hexroute.lead_lifecycle AS l
FINAL
WHERE (l.won_at IS NOT NULL) AND (l.status = 'won') AND (l.outcome = 'assigned')
GROUP BY
    tenant,
    day,
    cityHash64(cityHash64(l.region_id), cityHash64(l.location_id));
