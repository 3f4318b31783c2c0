/**
 * The router process alone: how many leads a second it brings from JetStream to a committed decision and its
 * acknowledgement, with Postgres, Redis and NATS on the same machine; then its latency at 1,000/s.
 * Run: node --import tsx bench/router.ts [leads=20000] [locations=100] [seconds=10]. With PROFILE=dir the router writes a CPU profile.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import type { Event } from '../contracts/event.ts'
import { streams, subjects } from '../contracts/streams.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { startNats } from '../local/backends/nats.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { startRedis } from '../local/backends/redis.ts'
import { typescriptArguments } from '../local/typescript-arguments.ts'
import { migrate } from '../migrations/migrate.ts'
import { quantile } from './decide/statistics.ts'
import { familyTimeMs } from './ingest/processor-time.ts'
import { benchEvents } from './router/events.ts'
import { publishBench } from './router/organisation.ts'
import { plainSeconds, startPlain } from './router/plain-rate.ts'

const [leads = 20_000, locations = 100, seconds = 10] = process.argv.slice(2).map(Number)
const log = pino({ level: 'silent' })
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-router-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', database: 'hexroute' })
const [redis, nats] = await Promise.all([
  startRedis({ dir: join(dir, 'redis'), port: 0 }),
  startNats({ dir: join(dir, 'nats'), port: 0 }),
])
await migrate({ databaseUrl: postgres.url })
const pool = createPostgres({ url: postgres.url, process: 'bench', connectionsMax: 2, log })
await publishBench(pool, locations)
const connection = await connectNats(nats.url, 'bench', log)
for (const stream of Object.values(streams)) await ensureStream(connection.manager, stream)

const publish = (event: Event) =>
  connection.jetstream.publish(subjects.event(event.tenant, event.locationId, event.type), JSON.stringify(event), {
    msgID: event.eventId,
  })
const warm = benchEvents(500)
for (const event of warm) await publish(event)

const profile = process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : []
const router = spawn(
  process.execPath,
  [...(process.env.NODE_ARGS?.split(' ') ?? []), ...profile, ...typescriptArguments, 'router/main.ts'],
  {
    env: {
      ...process.env,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      NATS_URL: nats.url,
      ROUTER_PORT: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
try {
  await untilDone()
  const events = benchEvents(leads)
  for (let at = 0; at < events.length; at += 500) await Promise.all(events.slice(at, at + 500).map(publish))
  const drained = await drainRate(leads)
  console.log(`drain: ${leads} leads published while it routed, ${drained}`)
  await burst()
  await plain()
  await paced(1_000)
} finally {
  // One that stands still would not hear that it shall end.
  router.kill('SIGCONT')
  router.kill('SIGTERM')
  await new Promise((resolve) => router.once('exit', resolve))
  await connection.connection.close()
  await pool.end()
  await Promise.all([redis.stop(), nats.stop()])
  await postgres.stop()
}

async function pending(): Promise<number> {
  const info = await connection.manager.consumers.info(streams.events.name, 'router').catch(() => null)
  return info ? info.num_pending + info.num_ack_pending : Number.POSITIVE_INFINITY
}

async function untilDone(): Promise<void> {
  while ((await pending()) > 0) await delay(20)
}

async function drainRate(count: number): Promise<string> {
  await untilDone()
  const { rows } = await pool.query<{ seconds: number; n: number }>(
    `SELECT extract(epoch FROM max(decided_at) - min(decided_at))::float8 AS seconds, count(*) AS n
     FROM (SELECT decided_at FROM hexroute.decisions ORDER BY decided_at DESC LIMIT $1) d`,
    [count],
  )
  return `${Math.round(rows[0]!.n / rows[0]!.seconds)} decided/s`
}

/** The stream is filled while the router stands still: nothing but the router's own speed is measured. */
async function burst(): Promise<void> {
  router.kill('SIGSTOP')
  const events = benchEvents(leads)
  for (let at = 0; at < events.length; at += 500) await Promise.all(events.slice(at, at + 500).map(publish))
  const before = times()
  const start = performance.now()
  router.kill('SIGCONT')
  await untilDone()
  const took = (performance.now() - start) / 1_000
  const after = times()
  const perLead = Object.entries(after).map(
    ([name, ms]) => `${name} ${Math.round(((ms - before[name]!) * 1_000) / leads)}`,
  )
  console.log(`processor time, microseconds a lead: ${perLead.join(', ')}`)
  console.log(
    `router alone: ${Math.round(leads / took)} leads/s from JetStream to acknowledgement (${leads} leads, ${took.toFixed(1)} s)`,
  )
}

/** The reference on the same stores, in the same run: from POST to the committed row and its answer. */
async function plain(): Promise<void> {
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, LOCATIONS: String(locations) }
  const { child, port } = await startPlain(env)
  try {
    await plainSeconds(port, benchEvents(1_000))
    const before = [child.pid!, postgres.pid, redis.pid].map(familyTimeMs)
    const took = await plainSeconds(port, benchEvents(leads))
    const perLead = [child.pid!, postgres.pid, redis.pid].map((pid, i) =>
      Math.round(((familyTimeMs(pid) - before[i]!) * 1_000) / leads),
    )
    console.log(
      `plain handler: ${Math.round(leads / took)} leads/s from POST to committed row (${took.toFixed(1)} s); microseconds a lead: handler ${perLead[0]}, postgres ${perLead[1]}, redis ${perLead[2]}`,
    )
  } finally {
    child.kill()
  }
}

function times(): Record<string, number> {
  const processes = { router: router.pid!, postgres: postgres.pid, redis: redis.pid, nats: nats.pid }
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, familyTimeMs(pid)]))
}

async function paced(perSecond: number): Promise<void> {
  const events = benchEvents(perSecond * seconds)
  const dueMs = new Map<string, number>()
  const tookMs: number[] = []
  const subscription = connection.connection.subscribe('decisions.>', {
    callback: (_error, message) => {
      const due = dueMs.get((message.json() as { eventId: string }).eventId)
      if (due !== undefined) tookMs.push(performance.now() - due)
    },
  })
  const start = performance.now()
  for (const [i, event] of events.entries()) {
    const due = start + (i * 1_000) / perSecond
    if (performance.now() < due) await delay(due - performance.now())
    dueMs.set(event.eventId, Math.max(due, performance.now()))
    void publish(event)
  }
  await untilDone()
  subscription.unsubscribe()
  console.log(
    `at ${perSecond}/s: ${tookMs.length} decisions, p50 ${quantile(tookMs, 0.5).toFixed(0)} ms, p99 ${quantile(tookMs, 0.99).toFixed(0)} ms`,
  )
}
