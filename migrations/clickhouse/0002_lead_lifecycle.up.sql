-- One row a lead. Every stored column is a minimum or a maximum, so that rows which come twice, late or out of order
-- leave the same figures. What must move together is one array of texts that sort as their values do: the highest attempt
-- decides, the latest status holds, and of two at one instant always the same. No tuple: FINAL folds a tuple's element,
-- read by itself, as if it were a plain column, and answers with any row's.
CREATE TABLE IF NOT EXISTS hexroute.lead_lifecycle{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    created_day Date COMMENT 'UTC day on which the lead was created; every message of a lead carries the same instant.',
    lead_id UUID COMMENT 'One row per lead.',
    created_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'When the lead was created.',
    decision SimpleAggregateFunction(max, Array(String)) COMMENT 'The decision that holds, as [attempt, decided_at, outcome, tier, location_id, region_id]; empty while none is known.',
    intake_location_id SimpleAggregateFunction(max, String) COMMENT 'Sub-account that the lead came in by; empty while no decision is known.',
    lead_source SimpleAggregateFunction(max, String) COMMENT 'Source that the form or ad named; empty when it named none.',
    first_decided_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First decision, whatever its outcome.',
    assigned_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First decision that chose a location.',
    delivered_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First time that it stood in GHL.',
    delivery_failed_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'Last delivery that was given up.',
    contacted_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First contact by the location.',
    replied_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First reply of the lead.',
    appointment_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First appointment made.',
    won_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First time won. Whether it is won now: status.',
    status_set SimpleAggregateFunction(max, Array(String)) COMMENT 'Latest status of the opportunity, as [at, status].',
    value_set SimpleAggregateFunction(max, Array(String)) COMMENT 'Latest monetary value told with a fact, as [at, amount].',
    outcome String ALIAS decision[3] COMMENT 'Outcome of the decision that holds; empty while none is known.',
    tier String ALIAS decision[4] COMMENT 'Its tier.',
    location_id String ALIAS decision[5] COMMENT 'Location that the lead is assigned to; empty when it is to none.',
    region_id String ALIAS decision[6] COMMENT 'Region of that location when it was decided.',
    status String ALIAS status_set[2] COMMENT 'open, won, lost or abandoned as of now; empty before the first.',
    status_at Nullable(DateTime64(3, 'UTC')) ALIAS parseDateTime64BestEffortOrNull(status_set[1], 3, 'UTC') COMMENT 'Since when.',
    value Nullable(Decimal(18, 2)) ALIAS toDecimal64OrNull(value_set[2], 2) COMMENT 'Latest monetary value, in the currency of the location.'
)
ENGINE = {{replicated}}AggregatingMergeTree
ORDER BY (tenant, created_day, lead_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a lead, from created to won. Read with FINAL.';

CREATE MATERIALIZED VIEW IF NOT EXISTS hexroute.lead_lifecycle_from_decisions{{on_cluster}} TO hexroute.lead_lifecycle AS
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(d.lead_created_at) AS created_at,
    max([leftPad(toString(d.attempt), 5, '0'), toString(d.decided_at), toString(d.outcome), toString(d.tier), toString(d.location_id), toString(d.region_id)]) AS decision,
    max(toString(d.intake_location_id)) AS intake_location_id,
    max(toString(d.lead_source)) AS lead_source,
    min(toNullable(d.decided_at)) AS first_decided_at,
    min(if(d.outcome = 'assigned', d.decided_at, NULL)) AS assigned_at
FROM hexroute.decisions AS d
GROUP BY tenant, created_day, lead_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS hexroute.lead_lifecycle_from_deliveries{{on_cluster}} TO hexroute.lead_lifecycle AS
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(d.lead_created_at) AS created_at,
    min(if(d.state = 'delivered', d.delivered_at, NULL)) AS delivered_at,
    max(if(d.state = 'failed', d.delivered_at, NULL)) AS delivery_failed_at
FROM hexroute.deliveries AS d
GROUP BY tenant, created_day, lead_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS hexroute.lead_lifecycle_from_facts{{on_cluster}} TO hexroute.lead_lifecycle AS
SELECT
    tenant,
    toDate(lead_created_at) AS created_day,
    lead_id,
    min(f.lead_created_at) AS created_at,
    min(if(f.fact = 'contacted', f.occurred_at, NULL)) AS contacted_at,
    min(if(f.fact = 'replied', f.occurred_at, NULL)) AS replied_at,
    min(if(f.fact = 'appointment', f.occurred_at, NULL)) AS appointment_at,
    min(if(f.fact = 'won', f.occurred_at, NULL)) AS won_at,
    maxIf([toString(f.occurred_at), toString(f.fact)], f.fact IN ('open', 'won', 'lost', 'abandoned')) AS status_set,
    maxIf([toString(f.occurred_at), toString(assumeNotNull(f.value))], f.value IS NOT NULL) AS value_set
FROM hexroute.lead_facts AS f
GROUP BY tenant, created_day, lead_id;
