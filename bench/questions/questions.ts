/** What dashboards and the widget ask; the rows end on this day, so the clock of the question is theirs. */
const NOW = '2026-11-18 00:00:00'
const since = (days: number): string => `toDateTime64('${NOW}', 3, 'UTC') - INTERVAL ${days} DAY`
const days = (count: number): string => `tenant = 'agency' AND day >= toDate(${since(count)})`
const sincePg = (count: number): string => `timestamptz '${NOW}Z' - interval '${count} days'`

export type Question = {
  name: string
  /** p95 that a reader does not notice, ms. */
  limitMs: number
  clickhouse: string
  /** The same question over the same rows, for five of them. */
  postgres?: string
}

export const questions: Question[] = [
  {
    name: 'widget: conversion per location, 7 days',
    limitMs: 50,
    // As `GET /v1/conversion` and the live figure ask it.
    clickhouse: `SELECT location_id, count() AS leads, countIf(status = 'won') AS won FROM hexroute.lead_lifecycle FINAL
                  WHERE tenant = 'agency' AND created_day >= toDate(${since(7)}) AND created_at >= ${since(7)}
                    AND outcome = 'assigned' GROUP BY location_id`,
    postgres: `SELECT location_id, count(*), count(*) FILTER (WHERE status = 'won') FROM bench.leads
                WHERE created_at >= ${sincePg(7)} AND outcome = 'assigned' GROUP BY location_id`,
  },
  {
    name: 'conversion per region and day, 90 days',
    limitMs: 300,
    clickhouse: `SELECT region_id, day, leads, won, rate FROM hexroute.v_conversion_by_region_day WHERE ${days(90)}`,
    postgres: `SELECT region_id, (created_at AT TIME ZONE 'UTC')::date AS day, count(*), count(*) FILTER (WHERE status = 'won')
                 FROM bench.leads WHERE created_at >= ${sincePg(90)} AND outcome = 'assigned' GROUP BY region_id, day`,
  },
  {
    name: 'speed to lead per location, 30 days',
    limitMs: 300,
    clickhouse: `SELECT location_id, quantiles(0.5, 0.9)(speed_s) FROM hexroute.v_leads
                  WHERE ${days(30)} AND outcome = 'assigned' GROUP BY location_id`,
    postgres: `SELECT location_id, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY contacted_at - created_at) FROM bench.leads
                WHERE created_at >= ${sincePg(30)} AND outcome = 'assigned' AND contacted_at IS NOT NULL GROUP BY location_id`,
  },
  {
    name: 'funnel per region, 30 days',
    limitMs: 300,
    clickhouse: `SELECT region_id, sum(created), sum(routed), sum(contacted), sum(appointment), sum(won) FROM hexroute.v_funnel
                  WHERE ${days(30)} GROUP BY region_id`,
    postgres: `SELECT region_id, count(*), count(*) FILTER (WHERE outcome = 'assigned'), count(contacted_at), count(appointment_at),
                      count(*) FILTER (WHERE status = 'won')
                 FROM bench.leads WHERE created_at >= ${sincePg(30)} GROUP BY region_id`,
  },
  {
    name: 'passed over, per location and reason, 7 days',
    limitMs: 300,
    clickhouse: `SELECT location_id, reason, sum(leads) FROM hexroute.v_refusals WHERE ${days(7)} GROUP BY location_id, reason`,
    postgres: `SELECT location_id, reason, count(DISTINCT lead_id) FROM bench.candidates
                WHERE decided_at >= ${sincePg(7)} AND reason <> '' GROUP BY location_id, reason`,
  },
  {
    name: 'conversion per campaign, 30 days',
    limitMs: 300,
    clickhouse: `SELECT campaign, sum(leads), sum(won) FROM hexroute.v_conversion_by_campaign_day WHERE ${days(30)} GROUP BY campaign`,
  },
  {
    name: 'won by day of winning, 30 days',
    limitMs: 300,
    clickhouse: `SELECT day, sum(won), sum(value) FROM hexroute.v_won_by_location_day WHERE ${days(30)} GROUP BY day`,
  },
  {
    name: 'conversion by activity and day, 30 days',
    limitMs: 300,
    clickhouse: `SELECT day, sum(leads), sum(won), sum(value) FROM hexroute.v_conversion_activity_by_location_day
                  WHERE ${days(30)} GROUP BY day`,
  },
  {
    name: 'unserved demand per cell, 90 days',
    limitMs: 300,
    clickhouse: `SELECT cell, reason, sum(leads) FROM hexroute.v_unserved_demand WHERE ${days(90)} GROUP BY cell, reason`,
  },
  {
    name: 'capacity per location, 30 days',
    limitMs: 300,
    clickhouse: `SELECT location_id, max(utilisation), sum(minutes_full) / sum(minutes_seen) FROM hexroute.v_capacity
                  WHERE tenant = 'agency' AND hour >= ${since(30)} GROUP BY location_id`,
  },
  {
    name: 'fairness of one location',
    limitMs: 300,
    clickhouse: `SELECT user_id, received, entitled FROM hexroute.v_fairness WHERE tenant = 'agency' AND location_id = 'location-007'`,
  },
  {
    name: 'why one lead went where it went',
    limitMs: 300,
    clickhouse: `SELECT decided_at, outcome, location_id, why FROM hexroute.v_why WHERE tenant = 'agency'
                   AND lead_id = (SELECT lead_id FROM hexroute.decisions WHERE tenant = 'agency' AND location_id = 'location-007' LIMIT 1)`,
  },
]
