import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { Command } from 'commander'
import { knownBucket, knownKey } from '../contracts/known.ts'
import { startNats } from '../local/backends/nats.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { report, type Sample } from './ingest/report.ts'
import { benchAppId, benchLocation } from './ingest/signed-bodies.ts'
import { load, startTarget, type Target } from './ingest/targets.ts'

const options = new Command('bench/ingest.ts')
  .description('the gateway against a floor handler and bare Fastify, in interleaved rounds; prints markdown')
  .option('--rounds <n>', 'rounds, each running every target once', '7')
  .option('--warm-up-seconds <n>', 'closed loop before every measurement', '6')
  .option('--seconds <n>', 'length of one closed-loop run', '6')
  .option('--open-seconds <n>', 'length of one open-loop run', '6')
  .option('--rate <n>', 'open-loop webhooks per second', '1000')
  .option('--connections <n>', 'closed-loop connections', '32')
  .parse()
  .opts<{
    rounds: string
    warmUpSeconds: string
    seconds: string
    openSeconds: string
    rate: string
    connections: string
  }>()

const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
chmodSync(dir, 0o755)
const nats = await startNats({ dir: join(dir, 'nats') })
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
await migrate({ databaseUrl: postgres.url })
await makeKnown(nats.url)
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const targets = await startTargets()
try {
  const samples: Sample[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    // The order turns, so that no target always runs on what another left behind.
    for (let turn = 0; turn < targets.length; turn++) {
      samples.push(await measure(targets[(round + turn) % targets.length]!, round))
    }
  }
  console.log(report(samples, options))
} finally {
  for (const { child } of targets) child.kill()
  await nats.stop()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}

async function startTargets(): Promise<Target[]> {
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const env = {
    NATS_URL: nats.url,
    DATABASE_URL: postgres.url,
    GHL_APP_ID: benchAppId,
    GHL_WEBHOOK_PUBLIC_KEYS: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    BENCH_PUBLIC_KEY_BASE64: Buffer.from(x, 'base64url').toString('base64'),
  }
  const targets: [string, string, Record<string, string>][] = [
    ['gateway', 'ingest/main.ts', {}],
    ['floor', 'bench/floor.ts', {}],
    ['floor, publishing as the gateway', 'bench/floor.ts', { BENCH_PUBLISH: 'own' }],
    ['bare fastify', 'bench/ingest/bare-fastify.ts', {}],
  ]
  return Promise.all(targets.map(([name, file, extra]) => startTarget(name, file, { ...env, ...extra })))
}

async function measure(target: Target, round: number): Promise<Sample> {
  const { warmUpSeconds, seconds, connections, openSeconds, rate } = options
  const closedArgs = [warmUpSeconds, seconds, connections, String(target.child.pid)]
  const closed = await load(target, 'bench/ingest/closed-loop.ts', closedArgs, pem)
  const open = await load(target, 'bench/ingest/open-loop.ts', [openSeconds, rate], pem)
  const requests = closed.requests ?? 0
  const sample = {
    target: target.name,
    round,
    perSecond: closed.perSecond ?? 0,
    cpuMicrosPerRequest: ((closed.cpuMs ?? 0) * 1_000) / requests,
    p50Ms: open.p50Ms ?? 0,
    p99Ms: open.p99Ms ?? 0,
    requests: requests + (open.requests ?? 0),
    failed: (closed.failed ?? 0) + (open.failed ?? 0),
  }
  process.stderr.write(`${JSON.stringify(sample)}\n`)
  return sample
}

async function makeKnown(url: string): Promise<void> {
  const connection = await connect({ servers: url })
  const bucket = await new Kvm(connection).create(knownBucket)
  await bucket.put(knownKey.location(benchLocation), JSON.stringify({ tenant: 'bench', intake: true }))
  await connection.close()
}
