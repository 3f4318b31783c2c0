-- One row per event, decision, candidate, delivery and fact. The sink writes a batch with a token; a table forgets a
-- repeated token's blocks (non_replicated_deduplication_window) and, should a row still come twice, folds it by its key.
-- received_at and stream_seq come from JetStream: no column has a default that a second insert would fill differently.
CREATE TABLE IF NOT EXISTS hexroute.events{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id; _ while the sub-account is unknown.',
    location_id LowCardinality(String) COMMENT 'GHL sub-account that the event came from; _ for agency-level events.',
    type LowCardinality(String) COMMENT 'GHL event type, or WorkflowWebhook.',
    event_id UUID COMMENT 'Id of the webhook, or derived from its body: one row per event.',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened on the platform.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream EVENTS.' CODEC(DoubleDelta, ZSTD(1)),
    origin LowCardinality(String) COMMENT 'ghl, or workflow:<source id>.',
    intake Bool COMMENT 'Came from an intake sub-account or source: only these create leads.',
    parked LowCardinality(String) COMMENT 'Why the event is kept but not acted on; empty when it is acted on.',
    entity_id String COMMENT 'Id of the contact, opportunity, appointment or message; empty when it has none.' CODEC(ZSTD(1)),
    contact_id String COMMENT 'Contact in that sub-account; empty when it has none.' CODEC(ZSTD(1)),
    payload JSON(
        max_dynamic_paths = 64,
        status LowCardinality(String), source LowCardinality(String), assignedTo LowCardinality(String),
        pipelineId LowCardinality(String), pipelineStageId LowCardinality(String), monetaryValue Float64,
        SKIP email, SKIP phone, SKIP name, SKIP person, SKIP customFields, SKIP REGEXP '(?i)(first|last|full|company)_?name|address|birth|body|html'
    ) COMMENT 'What analysis may need of the body: ids, states, sources, amounts. No personal data.' CODEC(ZSTD(3))
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, location_id, type, toStartOfHour(occurred_at), event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every accepted event. Read with FINAL, or count with uniqExact(event_id).';

CREATE TABLE IF NOT EXISTS hexroute.decisions{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    location_id LowCardinality(String) COMMENT 'Chosen sub-account; empty when none was.',
    region_id LowCardinality(String) COMMENT 'Region of the chosen sub-account when it was decided; empty when none was.',
    decision_id UUID COMMENT 'One row per decision.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'Counts up each time that the lead is routed again.',
    event_id UUID COMMENT 'The event that asked for the decision.',
    outcome LowCardinality(String) COMMENT 'assigned, held, pond, hq or rejected.',
    tier LowCardinality(String) COMMENT 'explicit, sticky, exclusive, shared, nearest or fallback; empty when none matched.',
    fallback LowCardinality(String) COMMENT 'Why no location was reached by the plain way; empty when one was.',
    strategy LowCardinality(String) COMMENT 'How the candidates of the tier were ranked.',
    why String COMMENT 'The decision in one sentence.' CODEC(ZSTD(3)),
    candidate_count UInt16 COMMENT 'Locations that were considered; each is a row of decision_candidates.',
    intake_location_id LowCardinality(String) COMMENT 'Sub-account that the lead came in by.',
    lead_source LowCardinality(String) COMMENT 'Source that the form or ad named; empty when it named none.',
    country LowCardinality(String) COMMENT 'ISO 3166 code of the lead''s place; empty when unknown.',
    postal_code String COMMENT 'Postal code after mending; empty when unknown.' CODEC(ZSTD(1)),
    cell UInt64 COMMENT 'H3 cell of the lead''s place, resolution 7; 0 when unknown.',
    place_precision LowCardinality(String) COMMENT 'How the place was found: coordinates, zip, fsa, zip3, city or none.',
    ruleset_hash String COMMENT 'sha256 of the ruleset that decided.' CODEC(ZSTD(1)),
    decision_hash String COMMENT 'sha256 of the whole decision document.' CODEC(ZSTD(1)),
    decided_at DateTime64(3, 'UTC') COMMENT 'Instant of the reservation.' CODEC(DoubleDelta, ZSTD(1)),
    lead_created_at DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_event event_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_received received_at TYPE minmax GRANULARITY 1
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), decision_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every decision. Read with FINAL.';

CREATE TABLE IF NOT EXISTS hexroute.decision_candidates{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    location_id LowCardinality(String) COMMENT 'Sub-account that was considered.',
    region_id LowCardinality(String) COMMENT 'Its region when it was considered.',
    decision_id UUID COMMENT 'The decision.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'Attempt of the decision.',
    tier LowCardinality(String) COMMENT 'Tier that brought the location in.',
    territory_kind LowCardinality(String) COMMENT 'zip, polygon or radius; empty without a territory.',
    territory_id String COMMENT 'Territory that brought the location in; empty without one.' CODEC(ZSTD(1)),
    chosen Bool COMMENT 'True for the location that received the lead.',
    rank UInt16 COMMENT '1 is best; 0 when not eligible.',
    reason LowCardinality(String) COMMENT 'Why it was not eligible; empty when it was.',
    detail String COMMENT 'Which cap, service or rule: day 20/20.' CODEC(ZSTD(1)),
    distance_m Nullable(Float64) COMMENT 'Great-circle metres between lead and location; null when the lead has no point.',
    utilisation Float64 COMMENT 'Highest used/limit of its caps, 0 to 1.',
    score Nullable(Float64) COMMENT 'What it was ranked by; null when not ranked.',
    decided_at DateTime64(3, 'UTC') COMMENT 'Instant of the decision.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored the decision.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream DECISIONS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4,
    INDEX by_decision decision_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), decision_id, tier, territory_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every location that a decision considered, with the reason against it. Read with FINAL.';

CREATE TABLE IF NOT EXISTS hexroute.deliveries{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    location_id LowCardinality(String) COMMENT 'Sub-account that the lead was written to.',
    region_id LowCardinality(String) COMMENT 'Its region; empty when it has none.',
    delivery_id UUID COMMENT 'One row per delivery.',
    lead_id UUID COMMENT 'The lead.',
    attempt UInt16 COMMENT 'Attempt of the decision that was delivered.',
    state LowCardinality(String) COMMENT 'delivered or failed.',
    contact_id String COMMENT 'Contact made in that sub-account; empty when there is none.' CODEC(ZSTD(1)),
    opportunity_id String COMMENT 'Opportunity made in that sub-account; empty when there is none.' CODEC(ZSTD(1)),
    error_code LowCardinality(String) COMMENT 'Stable code of the fault; empty when delivered.',
    tries UInt32 COMMENT 'Calls that it took.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When it was decided.' CODEC(DoubleDelta, ZSTD(1)),
    delivered_at DateTime64(3, 'UTC') COMMENT 'When it was written, or given up.' CODEC(DoubleDelta, ZSTD(1)),
    lead_created_at DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream DELIVERIES.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant, location_id, toStartOfHour(decided_at), delivery_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What was written to GHL. Read with FINAL.';

CREATE TABLE IF NOT EXISTS hexroute.lead_facts{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    location_id LowCardinality(String) COMMENT 'Sub-account where it happened.',
    region_id LowCardinality(String) COMMENT 'Its region; empty when it has none.',
    fact LowCardinality(String) COMMENT 'replied, contacted, appointment, open, won, lost or abandoned.',
    fact_id UUID COMMENT 'One row per fact.',
    lead_id UUID COMMENT 'The lead.',
    value Nullable(Decimal(18, 2)) COMMENT 'Monetary value of the opportunity, in the currency of the location.',
    event_id UUID COMMENT 'The event that told it.',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened on the platform.' CODEC(DoubleDelta, ZSTD(1)),
    lead_created_at DateTime64(3, 'UTC') COMMENT 'When the lead was created.' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When JetStream stored it.' CODEC(DoubleDelta, ZSTD(1)),
    stream_seq UInt64 COMMENT 'Sequence in the stream FACTS.' CODEC(DoubleDelta, ZSTD(1)),
    INDEX by_lead lead_id TYPE bloom_filter(0.001) GRANULARITY 4
)
ENGINE = {{replicated}}ReplacingMergeTree(stream_seq)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (tenant, location_id, fact, toStartOfHour(occurred_at), fact_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What happened to leads after they were assigned. Read with FINAL.';
