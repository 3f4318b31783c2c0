import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'

/** What the five questions need, as a well-kept Postgres would hold it: folded leads with an index, candidates by time. */
const copies = [
  {
    table: 'leads',
    columns: `lead_id uuid, created_at timestamptz, outcome text, location_id text, region_id text, status text,
              decided_at timestamptz, contacted_at timestamptz, appointment_at timestamptz, won_at timestamptz`,
    select: `SELECT lead_id, created_at, outcome, location_id, region_id, status, first_decided_at, contacted_at,
                    appointment_at, won_at FROM hexroute.lead_lifecycle FINAL`,
    indexes: ['CREATE INDEX ON bench.leads (created_at)', 'CREATE INDEX ON bench.leads (location_id, created_at)'],
  },
  {
    table: 'candidates',
    columns: 'lead_id uuid, decided_at timestamptz, location_id text, region_id text, chosen boolean, reason text',
    select:
      'SELECT lead_id, decided_at, location_id, region_id, chosen, reason FROM hexroute.decision_candidates FINAL',
    indexes: ['CREATE INDEX ON bench.candidates (decided_at)'],
  },
]

/** The rows of ClickHouse, by way of files that both servers reach: the same ids, instants and outcomes. */
export async function copyToPostgres(clickhouse: ClickHouseClient, postgres: pg.Pool, dir: string): Promise<void> {
  await postgres.query('CREATE SCHEMA bench')
  mkdirSync(dir, { recursive: true })
  for (const { table, columns, select, indexes } of copies) {
    const file = join(dir, `${table}.csv`)
    await clickhouse.command({ query: `INSERT INTO FUNCTION file('${file}', 'CSV') ${select}` })
    chmodSync(file, 0o644)
    await postgres.query(`CREATE TABLE bench.${table} (${columns})`)
    await postgres.query(`COPY bench.${table} FROM '${file}' CSV NULL '\\N'`)
    for (const index of indexes) await postgres.query(index)
    await postgres.query(`VACUUM ANALYZE bench.${table}`)
  }
}
