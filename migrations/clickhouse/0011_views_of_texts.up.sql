-- The views that read the arrays, over the texts; after them nobody does, and the arrays go. What was created on a day and what
-- was won on it are two reads: the first reads the days that are asked for, not all.
CREATE OR REPLACE VIEW hexroute.v_leads{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    lead_id UUID COMMENT 'The lead.',
    created_at DateTime64(3, 'UTC') COMMENT 'When the lead was created.',
    day Date COMMENT 'UTC day of that.',
    source String COMMENT 'Source that the form or ad named; empty when it named none.',
    campaign String COMMENT 'Campaign that the form or ad named; empty when it named none.',
    outcome String COMMENT 'assigned, held, pond, hq or rejected as of now; empty while no decision is known.',
    tier String COMMENT 'Tier that decided; empty without a location.',
    fallback String COMMENT 'Why it did not reach a location by the plain way; empty when it did.',
    region_id String COMMENT 'Region of the location when it was decided; empty without a location.',
    location_id String COMMENT 'Location that the lead is assigned to; empty when to none.',
    user_id String COMMENT 'User that it is given to; empty when to none.',
    cell UInt64 COMMENT 'H3 cell of resolution 7 of the person; 0 when unknown. h3ToString() shows it.',
    attempts UInt16 COMMENT 'How often it was decided for a location, counted from 1; 0 while no decision is known.',
    missed UInt8 COMMENT 'How often nobody touched it in the promised time.',
    status String COMMENT 'open, won, lost or abandoned as of now; empty before the first.',
    value Nullable(Decimal(18, 2)) COMMENT 'Latest monetary value, in the currency of the location.',
    assigned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First decision that chose a location.',
    delivered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First time that it stood in GHL.',
    contacted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First contact by a person of the location.',
    replied_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First reply of the lead.',
    appointment_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First appointment made.',
    won_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First time won. Whether it is won now: status.',
    speed_s Nullable(Float64) COMMENT 'Seconds from created to contacted by the clock; null while not contacted.',
    speed_business_s Nullable(Float64) COMMENT 'The same in open hours of the location.',
    is_maturing Bool COMMENT 'True while the cohort is younger than 30 days: some of its leads may still be won.'
)
AS SELECT
    tenant, lead_id, created_at, created_day AS day, lead_source AS source, lead_campaign AS campaign, outcome, tier, fallback,
    region_id, location_id, user_id, cell, attempt AS attempts, bitCount(missed_attempts) AS missed,
    status, value, assigned_at, delivered_at, contacted_at, replied_at, appointment_at, won_at,
    if(contacted_at IS NULL, NULL, greatest(0, dateDiff('millisecond', created_at, contacted_at) / 1000)) AS speed_s,
    contacted_business_ms / 1000 AS speed_business_s,
    created_day > today() - 30 AS is_maturing
FROM hexroute.lead_lifecycle FINAL
COMMENT 'One row per lead, as it stands now.';

CREATE OR REPLACE VIEW hexroute.v_conversion_activity_by_location_day{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    day Date COMMENT 'UTC day of the activity.',
    region_id String COMMENT 'Region of the location when it was decided; empty without a location.',
    location_id String COMMENT 'Location that the leads are assigned to.',
    leads UInt64 COMMENT 'Leads created on the day.',
    won UInt64 COMMENT 'Leads won for the first time on the day and won now, whenever they were created.',
    value Decimal(38, 2) COMMENT 'Sum of their monetary values.',
    rate Nullable(Float64) COMMENT 'won / leads of the day: may pass 1; null without leads.'
)
AS SELECT tenant, day, region_id, location_id, sum(is_new) AS leads, sum(is_won) AS won, sum(worth) AS value, if(leads = 0, NULL, won / leads) AS rate
FROM
(
    SELECT tenant, created_day AS day, region_id, location_id, 1 AS is_new, 0 AS is_won, toDecimal64(0, 2) AS worth
    FROM hexroute.lead_lifecycle FINAL
    WHERE outcome = 'assigned'
    UNION ALL
    SELECT tenant, toDate(assumeNotNull(won_at)) AS day, region_id, location_id, 0 AS is_new, 1 AS is_won, ifNull(value, toDecimal64(0, 2)) AS worth
    FROM hexroute.lead_lifecycle FINAL
    WHERE won_at IS NOT NULL AND status = 'won' AND outcome = 'assigned'
)
GROUP BY tenant, day, region_id, location_id
COMMENT 'Conversion by activity: what was won on a day, whenever the lead was created.';

ALTER TABLE hexroute.lead_lifecycle{{on_cluster}}
    DROP COLUMN IF EXISTS decision,
    DROP COLUMN IF EXISTS taken,
    DROP COLUMN IF EXISTS status_set,
    DROP COLUMN IF EXISTS value_set;
