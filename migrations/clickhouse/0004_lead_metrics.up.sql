-- What the metrics need beside the outcome: campaign, user, why it was decided again, open minutes, users' balances, caps
-- as seen. Rows from before have the defaults; none of them depends on when it is inserted.
ALTER TABLE hexroute.decisions{{on_cluster}}
    ADD COLUMN IF NOT EXISTS user_id LowCardinality(String) COMMENT 'User that the lead was given to; empty when to none.' AFTER region_id,
    ADD COLUMN IF NOT EXISTS request LowCardinality(String) DEFAULT 'new' COMMENT 'Why it was decided: new, held, pond-timeout, sla, claim, move, return or undeliverable.' AFTER event_id,
    ADD COLUMN IF NOT EXISTS lead_campaign LowCardinality(String) COMMENT 'Campaign that the form or ad named; empty when it named none.' AFTER lead_source,
    ADD COLUMN IF NOT EXISTS previous_location_id LowCardinality(String) COMMENT 'Location that had the lead before this decision; empty when none had.' AFTER user_id,
    ADD COLUMN IF NOT EXISTS flags Array(LowCardinality(String)) COMMENT 'What a reader must not overlook: cap-overridden, soft-cap-exceeded, closed-now, test-lead and others.' AFTER strategy,
    ADD COLUMN IF NOT EXISTS lead_score Float64 COMMENT 'Score of the lead, 0 to 100.' AFTER flags,
    MODIFY TTL toDateTime(decided_at) + INTERVAL 1100 DAY;
ALTER TABLE hexroute.decisions{{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;

ALTER TABLE hexroute.lead_facts{{on_cluster}}
    ADD COLUMN IF NOT EXISTS business_ms Nullable(Int64) COMMENT 'Open time of the location between the creation of the lead and the fact, in milliseconds; null where it is not a contact.' AFTER value,
    MODIFY TTL toDateTime(occurred_at) + INTERVAL 1100 DAY;
ALTER TABLE hexroute.lead_facts{{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;

ALTER TABLE hexroute.events{{on_cluster}} MODIFY TTL toDateTime(received_at) + INTERVAL 400 DAY;
ALTER TABLE hexroute.events{{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE hexroute.decision_candidates{{on_cluster}} MODIFY TTL toDateTime(decided_at) + INTERVAL 400 DAY;
ALTER TABLE hexroute.decision_candidates{{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE hexroute.deliveries{{on_cluster}} MODIFY TTL toDateTime(decided_at) + INTERVAL 1100 DAY;
ALTER TABLE hexroute.deliveries{{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS hexroute.decision_users{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    location_id LowCardinality(String) COMMENT 'Location that the lead was given to.',
    region_id LowCardinality(String) COMMENT 'Its region when it was decided.',
    user_id LowCardinality(String) COMMENT 'User of that location who was considered.',
    decision_id UUID COMMENT 'The decision.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'Attempt of the decision.',
    chosen Bool COMMENT 'True for the user who received the lead.',
    rank UInt16 COMMENT '1 has the first claim; 0 when not eligible.',
    reason LowCardinality(String) COMMENT 'Why not eligible: ABSENT, HOURS, SERVICE, LANGUAGE, CAP, PREVIOUS_ASSIGNEE or NO_SHARE; empty when eligible.',
    shortfall Float64 COMMENT 'Entitled minus received in the rotation, in leads, his share of this lead included; the largest goes first.',
    decided_at DateTime64(3, 'UTC') COMMENT 'Instant of the decision.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored the decision.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, user_id, toStartOfHour(decided_at), decision_id)
TTL toDateTime(decided_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1
COMMENT 'Every user that a decision considered inside the chosen location. Read with FINAL.';

-- One row per location and hour. Minutes are bits of a number, so that a row that comes twice changes nothing.
CREATE TABLE IF NOT EXISTS hexroute.location_hours{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    hour DateTime('UTC') COMMENT 'Start of the hour.',
    location_id LowCardinality(String) COMMENT 'The location.',
    region_id SimpleAggregateFunction(max, String) COMMENT 'Its region when it was considered.',
    utilisation SimpleAggregateFunction(max, Float64) COMMENT 'Highest used/limit of its caps that a decision saw, 0 to 1.',
    seen_minutes SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per minute of the hour in which a decision considered it.',
    full_minutes SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per minute of the hour in which a decision found a cap of it full.'
)
ENGINE = {{replicated}}AggregatingMergeTree
ORDER BY (tenant, hour, location_id)
TTL hour + INTERVAL 1100 DAY
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'How full each location was, hour by hour. Read with FINAL.';

CREATE MATERIALIZED VIEW IF NOT EXISTS hexroute.location_hours_from_candidates{{on_cluster}} TO hexroute.location_hours AS
SELECT
    tenant,
    toStartOfHour(c.decided_at) AS hour,
    location_id,
    max(toString(c.region_id)) AS region_id,
    max(c.utilisation) AS utilisation,
    groupBitOr(bitShiftLeft(toUInt64(1), toMinute(c.decided_at))) AS seen_minutes,
    groupBitOr(if(c.reason = 'CAP', bitShiftLeft(toUInt64(1), toMinute(c.decided_at)), toUInt64(0))) AS full_minutes
FROM hexroute.decision_candidates AS c
GROUP BY tenant, hour, location_id;

INSERT INTO hexroute.location_hours
SELECT
    tenant,
    toStartOfHour(c.decided_at) AS hour,
    location_id,
    max(toString(c.region_id)),
    max(c.utilisation),
    groupBitOr(bitShiftLeft(toUInt64(1), toMinute(c.decided_at))),
    groupBitOr(if(c.reason = 'CAP', bitShiftLeft(toUInt64(1), toMinute(c.decided_at)), toUInt64(0)))
FROM hexroute.decision_candidates AS c
GROUP BY tenant, hour, location_id;

ALTER TABLE hexroute.lead_lifecycle{{on_cluster}}
    ADD COLUMN IF NOT EXISTS taken SimpleAggregateFunction(max, Array(String)) COMMENT 'More of the decision that holds, as [attempt, decided_at, user_id, fallback, cell, request]; empty while none is known.' AFTER decision,
    ADD COLUMN IF NOT EXISTS lead_campaign SimpleAggregateFunction(max, String) COMMENT 'Campaign that the form or ad named; empty when it named none.' AFTER lead_source,
    ADD COLUMN IF NOT EXISTS missed_attempts SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'Bit per attempt that was decided because nobody had touched the lead in time.' AFTER delivery_failed_at,
    ADD COLUMN IF NOT EXISTS contacted_business_ms SimpleAggregateFunction(min, Nullable(Int64)) COMMENT 'Open time of the location from creation to the first contact, in milliseconds.' AFTER contacted_at,
    ADD COLUMN IF NOT EXISTS user_id String ALIAS taken[3] COMMENT 'User that the lead is given to; empty when to none.',
    ADD COLUMN IF NOT EXISTS fallback String ALIAS taken[4] COMMENT 'Why it did not reach a location by the plain way; empty when it did.',
    ADD COLUMN IF NOT EXISTS cell UInt64 ALIAS toUInt64OrZero(taken[5]) COMMENT 'H3 cell of resolution 7 of the person; 0 when unknown.';

ALTER TABLE hexroute.lead_lifecycle_from_decisions{{on_cluster}} MODIFY QUERY
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(d.lead_created_at) AS created_at,
    max([leftPad(toString(d.attempt), 5, '0'), toString(d.decided_at), toString(d.outcome), toString(d.tier), toString(d.location_id), toString(d.region_id)]) AS decision,
    max([leftPad(toString(d.attempt), 5, '0'), toString(d.decided_at), toString(d.user_id), toString(d.fallback), toString(d.cell), toString(d.request)]) AS taken,
    max(toString(d.intake_location_id)) AS intake_location_id,
    max(toString(d.lead_source)) AS lead_source,
    max(toString(d.lead_campaign)) AS lead_campaign,
    min(toNullable(d.decided_at)) AS first_decided_at,
    min(if(d.outcome = 'assigned', d.decided_at, NULL)) AS assigned_at,
    groupBitOr(if(d.request = 'sla', bitShiftLeft(toUInt64(1), d.attempt % 64), toUInt64(0))) AS missed_attempts
FROM hexroute.decisions AS d
GROUP BY tenant, created_day, lead_id;

ALTER TABLE hexroute.lead_lifecycle_from_facts{{on_cluster}} MODIFY QUERY
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(f.lead_created_at) AS created_at,
    min(if(f.fact = 'contacted', f.occurred_at, NULL)) AS contacted_at,
    min(if(f.fact = 'contacted', f.business_ms, NULL)) AS contacted_business_ms,
    min(if(f.fact = 'replied', f.occurred_at, NULL)) AS replied_at,
    min(if(f.fact = 'appointment', f.occurred_at, NULL)) AS appointment_at,
    min(if(f.fact = 'won', f.occurred_at, NULL)) AS won_at,
    maxIf([toString(f.occurred_at), toString(f.fact)], f.fact IN ('open', 'won', 'lost', 'abandoned')) AS status_set,
    maxIf([toString(f.occurred_at), toString(assumeNotNull(f.value))], f.value IS NOT NULL) AS value_set
FROM hexroute.lead_facts AS f
GROUP BY tenant, created_day, lead_id;

-- Leads from before get what their decisions say: a minimum or maximum may be told twice.
INSERT INTO hexroute.lead_lifecycle (tenant, created_day, lead_id, created_at, taken)
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(d.lead_created_at),
    max([leftPad(toString(d.attempt), 5, '0'), toString(d.decided_at), toString(d.user_id), toString(d.fallback), toString(d.cell), toString(d.request)])
FROM hexroute.decisions AS d
GROUP BY tenant, created_day, lead_id;
