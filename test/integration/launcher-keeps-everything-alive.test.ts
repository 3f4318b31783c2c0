import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Launcher, makeDataDir, runLauncher, untilRunning } from '../support/launcher.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const PORTS = ['--no-demo', '--ports', 'free']
const place = await makeDataDir()
let launcher: Launcher

beforeAll(async () => {
  launcher = runLauncher(place.dir, PORTS)
  await untilRunning(launcher)
})
afterAll(async () => {
  await launcher.signal('SIGTERM')
  await place.remove()
})

const pidOf = (path: string): number => JSON.parse(readFileSync(join(place.dir, path), 'utf8')).pid
const pidFiles = ['postgres/postgres.pid', 'nats/nats.pid', 'redis/redis.pid', 'clickhouse/clickhouse.pid']
const stagePids = ['directory', 'analytics', 'delivery', 'router', 'ingest', 'ghl'].map((name) => `run/${name}.pid`)

test('every URL of endpoints.json answers, and only its owner can read the keys', async () => {
  const { ingest, directory, analytics, clickhouse, postgres, redis, nats, ghl, adminKey, widgetDemo, connectPage } =
    launcher.endpoints()
  for (const url of [ingest, directory, analytics, ghl]) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(await (await fetch(`${clickhouse}/?query=SELECT+count()+FROM+hexroute.events`)).text()).toBe('0\n')
  expect(await inPostgres(postgres, 'SELECT count(*)::int AS n FROM hexroute.leads')).toEqual([{ n: 0 }])
  expect(await inRedis(redis, (client) => client.config('GET', 'save'))).toEqual(['save', ''])
  expect(nats).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/)
  expect(widgetDemo).toBe(`${analytics}/demo`)
  expect(connectPage).toBe(`${directory}/connect`)
  expect(await (await fetch(connectPage)).text()).toContain('GoHighLevel connection')
  expect(adminKey.length).toBeGreaterThan(20)
  for (const file of ['endpoints.json', 'keys.json', 'ghl-private.pem']) {
    expect(statSync(join(place.dir, file)).mode & 0o077).toBe(0)
  }
})

test('a second start says that one runs already, with its URLs, and disturbs nothing', async () => {
  const before = [...pidFiles, ...stagePids].map(pidOf)
  const second = runLauncher(place.dir, PORTS)
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain(`hexroute already runs on ${place.dir} (pid ${launcher.pid}).`)
  expect(second.output()).toContain(launcher.endpoints().ingest)
  expect(second.output()).not.toContain(launcher.endpoints().adminKey)
  expect([...pidFiles, ...stagePids].map(pidOf)).toEqual(before)
})

test.each([
  ['router', 'run/router.pid'],
  ['redis', 'redis/redis.pid'],
  ['clickhouse', 'clickhouse/clickhouse.pid'],
  ['postgres', 'postgres/postgres.pid'],
])('a killed %s is started again, on its port, and the terminal says so', async (name, file) => {
  const killed = pidOf(file)
  process.kill(killed, 'SIGKILL')
  await expect.poll(() => launcher.output(), { timeout: 120_000 }).toContain(`${name} runs again.`)
  expect(launcher.output()).toMatch(
    new RegExp(`^${name} stopped: .* Starting it again\\. Log: .*/logs/${name}\\.log$`, 'm'),
  )
  expect(pidOf(file)).not.toBe(killed)
  const { ingest, directory, redis } = launcher.endpoints()
  for (const url of [ingest, directory]) {
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 }).toBe(200)
  }
  expect(await inRedis(redis, (client) => client.ping())).toBe('PONG')
})

test('after kill -9 of the launcher the next start ends what was left and has the same keys and data', async () => {
  const { postgres, clickhouse, adminKey } = launcher.endpoints()
  await inPostgres(postgres, "INSERT INTO hexroute.agencies (id, name) VALUES ('kept', 'Kept')")
  const client = createClient({ url: clickhouse })
  await client.command({ query: 'CREATE TABLE hexroute.kept (n UInt8) ENGINE = MergeTree ORDER BY n' })
  await client.insert({ table: 'hexroute.kept', values: [{ n: 7 }], format: 'JSONEachRow' })
  await client.close()
  const left = [...pidFiles, ...stagePids].map(pidOf)
  await launcher.signal('SIGKILL')
  expect(left.filter(isAlive)).toEqual(left)
  launcher = runLauncher(place.dir, PORTS)
  await untilRunning(launcher)
  expect(left.filter(isAlive)).toEqual([])
  const now = launcher.endpoints()
  expect(now.adminKey).toBe(adminKey)
  expect(await inPostgres(now.postgres, "SELECT name FROM hexroute.agencies WHERE id = 'kept'")).toEqual([
    { name: 'Kept' },
  ])
  expect(await (await fetch(`${now.clickhouse}/?query=SELECT+n+FROM+hexroute.kept`)).text()).toBe('7\n')
})

test('SIGTERM stops everything it started, and leaves no process and no pid file', async () => {
  const all = [...pidFiles, ...stagePids].map(pidOf)
  expect(await launcher.signal('SIGTERM')).toBe(0)
  expect(all.filter(isAlive)).toEqual([])
  expect(readdirSync(join(place.dir, 'run'))).toEqual([])
  expect(readdirSync(place.dir)).not.toContain('endpoints.json')
})

function isAlive(pid: number): boolean {
  try {
    // A zombie still has its number; its command line is empty.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

async function inPostgres(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

async function inRedis<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  return ask(client).finally(() => client.disconnect())
}
