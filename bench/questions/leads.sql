-- Every lead of the bench as a function of its number: the same seed gives the same rows, on any machine. Read as
-- bench.leads(from = 0, count = 1000, leads = 2000000). 90 days, 100 locations in 5 regions, a few of them large; the
-- later a lead, the fewer of its facts have come. hash(lead, what) stands for chance.
CREATE VIEW bench.leads AS
SELECT
    number AS n,
    toDateTime64('2026-08-20 00:00:00', 3, 'UTC')
        + toIntervalMillisecond(intDiv(n * 7776000000, {leads:UInt64}) + cityHash64(n, 'jitter') % 60000) AS created_at,
    reinterpretAsUUID(concat(reinterpretAsFixedString(cityHash64(n, 'lead')), reinterpretAsFixedString(n))) AS lead_id,
    concat('contact', toString(n)) AS contact,
    toUInt32(100 * pow((cityHash64(n, 'location') % 1000000) / 1000000, 1.6)) AS place,
    leftPad(toString(place), 3, '0') AS place_id,
    concat('location-', place_id) AS location_id,
    concat('region-', toString(place % 5)) AS region_id,
    ['google', 'meta', 'form', 'call'][1 + cityHash64(n, 'source') % 4] AS source,
    concat('campaign-', toString(cityHash64(n, 'campaign') % 12)) AS campaign,
    concat('user-', place_id, '-', toString(cityHash64(n, 'user') % 5)) AS user_id,
    geoToH3(40.7 + place % 10, -74.0 - 4 * (place % 7) + (cityHash64(n, 'lng') % 1000) / 1000, 7) AS cell,
    multiIf(cityHash64(n, 'outcome') % 100 < 92, 'assigned', cityHash64(n, 'outcome') % 100 < 96, 'hq', 'held') AS outcome,
    created_at + toIntervalMillisecond(120 + cityHash64(n, 'decide') % 400) AS decided_at,
    decided_at + toIntervalMillisecond(200 + cityHash64(n, 'deliver') % 900) AS delivered_at,
    -- A third within five minutes, the slowest after a day.
    decided_at + toIntervalSecond(toUInt32(30 + 86400 * pow((cityHash64(n, 'contact') % 1000000) / 1000000, 5))) AS contacted_at,
    arrayFilter(
        (fact, chance) -> outcome = 'assigned' AND cityHash64(n, fact) % 100 < chance,
        ['contacted', 'replied', 'appointment', if(cityHash64(n, 'end') % 100 < 12 + place % 10, 'won', 'lost')],
        [85, 45, 28, 45]) AS facts
FROM numbers({from:UInt64}, {count:UInt64})
