import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { decisionRow } from '../../analytics/steps/decision-row.ts'
import { subjects } from '../../contracts/streams.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { connectNats } from '../../kernel/nats.ts'
import { createPostgres, type Postgres } from '../../kernel/postgres.ts'
import { startClickhouse } from '../../local/backends/clickhouse.ts'
import { startNats } from '../../local/backends/nats.ts'
import { startPostgres } from '../../local/backends/postgres.ts'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { migrate } from '../../migrations/migrate.ts'
import { testLog } from '../../test/support/analytics-log.ts'
import { leadId, makeDecision } from '../../test/support/analytics-messages.ts'

/** Stores, an agency of so many locations, and one analytics process as it runs in production. */
export async function startWorld(locations: number, clientsMax: number) {
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
  const postgresServer = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', database: 'hexroute' })
  const natsServer = await startNats({ dir: join(dir, 'nats'), port: 0 })
  const clickhouseServer = await startClickhouse({ dir: join(dir, 'clickhouse'), port: 0 })
  await migrate({ databaseUrl: postgresServer.url, clickhouseUrl: clickhouseServer.url })
  const postgres = createPostgres({ url: postgresServer.url, process: 'bench', connectionsMax: 2, log: testLog })
  const nats = await connectNats(natsServer.url, 'bench', testLog)
  const clickhouse = createClickhouse(clickhouseServer.url, 'bench')
  const keys = await seed(postgres, locations)
  const port = await freePort()
  const api = spawn(process.execPath, programArguments('analytics/main.ts'), {
    env: {
      ...process.env,
      ...{ DATABASE_URL: postgresServer.url, NATS_URL: natsServer.url, CLICKHOUSE_URL: clickhouseServer.url },
      ...{ ANALYTICS_PORT: String(port), LIVE_CLIENTS_MAX: String(clientsMax), LOG_LEVEL: 'warn' },
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  }
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await delay(200)
  let decided = 0
  return {
    url,
    pid: api.pid!,
    ...keys,
    memoryBytes: () => metric('process_resident_memory_bytes'),
    untilNobodyListens: async () => {
      while ((await metric('hexroute_live_clients')) > 0) await delay(200)
    },
    /** Makes one decision. @returns what clients know it by, and performance.now() at which it was there */
    decide: async (from: 'row' | 'publish'): Promise<{ lead: string; total: string; atMs: number }> => {
      decided += 1
      const marks = { lead: leadId(decided), total: String(decided) }
      const locationId = `l${decided % locations}`
      const decision = makeDecision(decided, Date.now(), { locationId, regionId: 'r0' })
      if (from === 'publish') {
        await nats.jetstream.publish(subjects.decision('agencyA', locationId, 'assigned'), JSON.stringify(decision))
        return { ...marks, atMs: performance.now() }
      }
      const row = decisionRow(decision, { at: new Date().toISOString(), seq: decided })
      await clickhouse.insert({ table: 'hexroute.decisions', values: [row], format: 'JSONEachRow' })
      return { ...marks, atMs: performance.now() }
    },
    stop: async () => {
      api.kill()
      await Promise.all([nats.connection.close(), postgres.end(), clickhouse.close()])
      for (const server of [natsServer, clickhouseServer, postgresServer]) await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function seed(postgres: Postgres, locations: number): Promise<{ wholeKey: string; locationKeys: string[] }> {
  await postgres.query(`INSERT INTO hexroute.agencies (id, name) VALUES ('agencyA', 'A')`)
  await postgres.query(`INSERT INTO hexroute.regions (id, tenant, name) VALUES ('r0', 'agencyA', 'North')`)
  await postgres.query(
    `INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, latitude, longitude, time_zone)
     SELECT 'l' || n, 'agencyA', 'r0', 'Location ' || n, 'location', 1, 1, 'UTC' FROM generate_series(0, $1 - 1) n`,
    [locations],
  )
  const addKey = async (key: string, locationIds: string[]): Promise<string> => {
    const hash = createHash('sha256').update(key).digest('hex')
    await postgres.query(
      `INSERT INTO hexroute.access_keys (id, tenant, role, name, key_sha256, region_ids, location_ids)
       VALUES (gen_random_uuid(), 'agencyA', 'widget', 'bench', $1, '{}', $2)`,
      [hash, locationIds],
    )
    return key
  }
  const wholeKey = await addKey('whole', [])
  const locationKeys = await Promise.all(Array.from({ length: locations }, (_, n) => addKey(`key${n}`, [`l${n}`])))
  return { wholeKey, locationKeys }
}
