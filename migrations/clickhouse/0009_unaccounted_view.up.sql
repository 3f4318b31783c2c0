-- Conservation as a view: what was asked for in an hour is decided, or its contacts stand here by name. The API asks the same
-- question over any time, and Postgres about what looks lost.
CREATE VIEW IF NOT EXISTS hexroute.v_unaccounted{{on_cluster}}
(
    tenant LowCardinality(String) COMMENT 'Agency id.',
    hour DateTime('UTC') COMMENT 'Hour in which the contact first asked, of the last 14 days.',
    received UInt64 COMMENT 'Contacts of intake sub-accounts that asked for the first time.',
    assigned UInt64 COMMENT 'Of these, with a location now.',
    held UInt64 COMMENT 'Waiting for room or opening.',
    pond UInt64 COMMENT 'Offered to whoever claims first.',
    hq UInt64 COMMENT 'With the head office.',
    rejected UInt64 COMMENT 'Refused, with the reason.',
    in_flight UInt64 COMMENT 'Not decided: received minus all of the others.',
    gap_event_ids Array(UUID) COMMENT 'Their first events, of those that asked over 15 minutes ago: leads that nobody decided. Empty when all is well.'
)
AS SELECT
    tenant, toStartOfHour(at) AS hour, count() AS received,
    countIf(outcome = 'assigned') AS assigned, countIf(outcome = 'held') AS held, countIf(outcome = 'pond') AS pond,
    countIf(outcome = 'hq') AS hq, countIf(outcome = 'rejected') AS rejected, countIf(outcome = '') AS in_flight,
    groupArrayIf(event, outcome = '' AND at < now() - INTERVAL 15 MINUTE) AS gap_event_ids
FROM
(
    SELECT a.tenant AS tenant, a.location_id AS intake, a.contact AS contact, min(a.first_at) AS at, any(a.first_event) AS event, max(d.outcome) AS outcome
    FROM
    (
        SELECT tenant, location_id, contact, first_at, first_event, arrayJoin(ids) AS event_id
        FROM
        (
            SELECT
                tenant, location_id, multiIf(contact_id != '', contact_id, entity_id != '', entity_id, toString(event_id)) AS contact,
                min(received_at) AS first_at, argMin(event_id, received_at) AS first_event, groupUniqArray(event_id) AS ids
            FROM hexroute.events
            WHERE type IN ('ContactCreate', 'WorkflowWebhook') AND intake AND parked = '' AND received_at >= now() - INTERVAL 28 DAY
            GROUP BY tenant, location_id, contact
            HAVING first_at >= now() - INTERVAL 14 DAY
        )
    ) AS a
    LEFT JOIN
    (
        SELECT event_id, argMax(outcome, attempt) AS outcome FROM hexroute.decisions FINAL
        WHERE received_at >= now() - INTERVAL 14 DAY
        GROUP BY event_id
    ) AS d ON d.event_id = a.event_id
    GROUP BY tenant, intake, contact
)
GROUP BY tenant, hour
COMMENT 'Every lead that was asked for, by hour, and the ones that are nowhere.';
