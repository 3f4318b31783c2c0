-- What must move together in lead_lifecycle becomes texts instead of arrays of texts. ClickHouse compares arrays value by
-- value, boxed: of 300,000 decisions the view cost 10 us each, with texts and without its own GROUP BY 4 us; the conversion
-- of 90 days per location takes 0.6 times as long. Each text begins with what says which is later: the attempt in five
-- digits, or the instant in 23 characters. All of one decision begin alike, so that their maxima are of the same decision.
ALTER TABLE hexroute.lead_lifecycle{{on_cluster}}
    ADD COLUMN IF NOT EXISTS outcome_told SimpleAggregateFunction(max, String) COMMENT 'Attempt in five digits and outcome, of the decision that holds; empty while none is known.' AFTER created_at,
    ADD COLUMN IF NOT EXISTS tier_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and tier.' AFTER outcome_told,
    ADD COLUMN IF NOT EXISTS fallback_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and why it did not reach a location by the plain way.' AFTER tier_told,
    ADD COLUMN IF NOT EXISTS region_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and the region of its location.' AFTER fallback_told,
    ADD COLUMN IF NOT EXISTS location_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and location.' AFTER region_told,
    ADD COLUMN IF NOT EXISTS user_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and user.' AFTER location_told,
    ADD COLUMN IF NOT EXISTS cell_told SimpleAggregateFunction(max, String) COMMENT 'Its attempt and the H3 cell of the person, as a decimal number.' AFTER user_told,
    ADD COLUMN IF NOT EXISTS status_told SimpleAggregateFunction(max, String) COMMENT 'Latest status of the opportunity: its instant in 23 characters, then the status.' AFTER won_at,
    ADD COLUMN IF NOT EXISTS value_told SimpleAggregateFunction(max, String) COMMENT 'Latest monetary value told with a fact: its instant in 23 characters, then the amount.' AFTER status_told;

-- A row of the view per row of the batch: the insert folds rows of one key itself.
ALTER TABLE hexroute.lead_lifecycle_from_decisions{{on_cluster}} MODIFY QUERY
WITH leftPad(toString(d.attempt), 5, '0') AS at_attempt
SELECT
    d.tenant AS tenant,
    toDate(d.lead_created_at) AS created_day,
    d.lead_id AS lead_id,
    d.lead_created_at AS created_at,
    concat(at_attempt, toString(d.outcome)) AS outcome_told,
    concat(at_attempt, toString(d.tier)) AS tier_told,
    concat(at_attempt, toString(d.fallback)) AS fallback_told,
    concat(at_attempt, toString(d.region_id)) AS region_told,
    concat(at_attempt, toString(d.location_id)) AS location_told,
    concat(at_attempt, toString(d.user_id)) AS user_told,
    concat(at_attempt, toString(d.cell)) AS cell_told,
    toString(d.intake_location_id) AS intake_location_id,
    toString(d.lead_source) AS lead_source,
    toString(d.lead_campaign) AS lead_campaign,
    toNullable(d.decided_at) AS first_decided_at,
    if(d.outcome = 'assigned', d.decided_at, NULL) AS assigned_at,
    if(d.request = 'sla', bitShiftLeft(toUInt64(1), d.attempt % 64), toUInt64(0)) AS missed_attempts
FROM hexroute.decisions AS d;

ALTER TABLE hexroute.lead_lifecycle_from_deliveries{{on_cluster}} MODIFY QUERY
SELECT
    d.tenant AS tenant,
    toDate(d.lead_created_at) AS created_day,
    d.lead_id AS lead_id,
    d.lead_created_at AS created_at,
    if(d.state = 'delivered', d.delivered_at, NULL) AS delivered_at,
    if(d.state = 'failed', d.delivered_at, NULL) AS delivery_failed_at
FROM hexroute.deliveries AS d;

ALTER TABLE hexroute.lead_lifecycle_from_facts{{on_cluster}} MODIFY QUERY
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
    if(f.fact IN ('open', 'won', 'lost', 'abandoned'), concat(toString(f.occurred_at), toString(f.fact)), '') AS status_told,
    if(f.value IS NULL, '', concat(toString(f.occurred_at), toString(assumeNotNull(f.value)))) AS value_told
FROM hexroute.lead_facts AS f;

-- Leads from before, whose arrays nobody writes any more. A maximum may be told twice.
INSERT INTO hexroute.lead_lifecycle
    (tenant, created_day, lead_id, created_at, outcome_told, tier_told, fallback_told, region_told, location_told, user_told, cell_told, status_told, value_told)
SELECT
    l.tenant, l.created_day, l.lead_id, l.created_at,
    concat(l.decision[1], l.decision[3]), concat(l.decision[1], l.decision[4]), concat(l.taken[1], l.taken[4]),
    concat(l.decision[1], l.decision[6]), concat(l.decision[1], l.decision[5]), concat(l.taken[1], l.taken[3]),
    concat(l.taken[1], l.taken[5]), concat(l.status_set[1], l.status_set[2]), concat(l.value_set[1], l.value_set[2])
FROM hexroute.lead_lifecycle AS l;

ALTER TABLE hexroute.lead_lifecycle{{on_cluster}}
    ADD COLUMN IF NOT EXISTS attempt UInt16 ALIAS toUInt16OrZero(left(outcome_told, 5)) COMMENT 'Attempt of the decision that holds; 0 while none is known.' AFTER value_set,
    MODIFY COLUMN outcome String ALIAS substring(outcome_told, 6),
    MODIFY COLUMN tier String ALIAS substring(tier_told, 6),
    MODIFY COLUMN fallback String ALIAS substring(fallback_told, 6),
    MODIFY COLUMN region_id String ALIAS substring(region_told, 6),
    MODIFY COLUMN location_id String ALIAS substring(location_told, 6),
    MODIFY COLUMN user_id String ALIAS substring(user_told, 6),
    MODIFY COLUMN cell UInt64 ALIAS toUInt64OrZero(substring(cell_told, 6)),
    MODIFY COLUMN status String ALIAS substring(status_told, 24),
    MODIFY COLUMN status_at Nullable(DateTime64(3, 'UTC')) ALIAS parseDateTime64BestEffortOrNull(left(status_told, 23), 3, 'UTC'),
    MODIFY COLUMN value Nullable(Decimal(18, 2)) ALIAS toDecimal64OrNull(substring(value_told, 24), 2);
