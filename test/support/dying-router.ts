import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pino } from 'pino'
import { consumeBatches, type Message } from '../../kernel/consume-batches.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { connectNats } from '../../kernel/nats.ts'
import { createPostgres, type Postgres } from '../../kernel/postgres.ts'
import { connectRedis, type RedisConnection } from '../../kernel/redis.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { buildRouter } from '../../router/build-router.ts'
import { createRouterMetrics } from '../../router/router-metrics.ts'
import { consumerOptions, type RoutedAgency } from './routed-agency.ts'

export const crashSteps = ['receive', 'reserve', 'commit', 'publish'] as const
/** After which of its steps the process dies. */
export type CrashStep = (typeof crashSteps)[number]

type World = { step: CrashStep; databaseUrl: string; redisUrl: string; natsUrl: string; nowMs: number }

/** A whole router in a process of its own, over the agency's stores. @returns the signal that ended it */
export async function runUntilItDies(agency: RoutedAgency, step: CrashStep): Promise<NodeJS.Signals | null> {
  const { databaseUrl, natsUrl, redisServer } = agency
  const world: World = { step, databaseUrl, natsUrl, redisUrl: redisServer.url, nowMs: agency.nowMs() }
  const child = spawn(process.execPath, programArguments('test/support/dying-router.ts'), {
    stdio: 'inherit',
    env: { ...process.env, DYING: JSON.stringify(world) },
  })
  const [, signal] = await once(child, 'exit')
  return signal
}

if (process.env.DYING) await main(JSON.parse(process.env.DYING) as World)

async function main({ step, databaseUrl, redisUrl, natsUrl, nowMs }: World): Promise<void> {
  const log = pino({ level: 'silent' })
  const pool = createPostgres({ url: databaseUrl, process: 'dying', connectionsMax: 5, log })
  const redis = await connectRedis(redisUrl, 'dying', log)
  const nats = await connectNats(natsUrl, 'dying', log)
  const router = await buildRouter({
    pool: step === 'commit' ? dyingAfterCommit(pool) : pool,
    redis: step === 'reserve' ? dyingAfterReserve(redis) : redis,
    ...{ nats, log, clock: () => nowMs, refreshMs: 3_600_000, metrics: createRouterMetrics(createMetrics('dying')) },
  })
  await consumeBatches(nats, {
    ...{ ...consumerOptions, batchRowsMax: 250, log },
    handle: async (messages) => {
      if (step === 'receive') die()
      await router.handle(step === 'publish' ? messages.map(dyingAtAck) : messages)
    },
  })
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('still alive')
}

/** The same object, with one method that dies when the real one has done its work. */
function dyingAfter<T extends object>(
  real: T,
  method: string,
  isLast: (args: unknown[], answer: unknown) => boolean,
): T {
  return new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target)
      return async (...args: unknown[]) => {
        const answer: unknown = await value.apply(target, args)
        return isLast(args, answer) ? die() : answer
      }
    },
  })
}

function dyingAfterReserve(redis: RedisConnection): RedisConnection {
  // Counters that are not ready reserve nothing.
  return dyingAfter(redis, 'hxReserve', (_, answer) => (answer as unknown[])[0] !== null)
}

/** A batch is acknowledged when JetStream has all its decisions. */
const dyingAtAck = (message: Message): Message =>
  new Proxy(message, {
    get: (target, name) => {
      if (name === 'ack') return die
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

function dyingAfterCommit(pool: Postgres): Postgres {
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'connect') return value.bind(target)
      return async () => dyingAfter(await target.connect(), 'query', hasCommittedDecisions())
    },
  })
}

function hasCommittedDecisions(): (args: unknown[]) => boolean {
  let isWritten = false
  return ([text]) => {
    isWritten ||= JSON.stringify(text).includes('INSERT INTO hexroute.decisions')
    return isWritten && text === 'COMMIT'
  }
}
