import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programArguments } from '../../local/program-arguments.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import type { Ask, Told } from '../support/ghl-process.ts'

type Operations = Record<string, number>
type Bucket = { id: string; calls: number; limited: number; callsMaxIn10s: number }

let bench: DeliveryBench
let processes: ChildProcess[]

beforeAll(async () => {
  bench = await startDeliveryBench(['busy'])
  processes = [1, 2, 3, 4].map(startProcess)
  await Promise.all(processes.map(hear))
})
afterAll(async () => {
  for (const child of processes ?? []) child.kill('SIGKILL')
  await bench?.stop()
})

test('four processes that start at once make one refresh of the agency token', async () => {
  const tokens = await askAll({ kind: 'token', tenant, refused: null })
  expect(new Set(tokens.map(tokenOf)).size).toBe(1)
  expect((await record()).operations['POST /oauth/token']).toBe(1)
})

test('four processes whose token GHL refuses make one refresh more, and all have the new one', async () => {
  const [before] = await askAll({ kind: 'token', tenant, refused: null })
  const tokens = await askAll({ kind: 'token', tenant, refused: tokenOf(before!) })
  expect(new Set(tokens.map(tokenOf)).size).toBe(1)
  expect(tokenOf(tokens[0]!)).not.toBe(tokenOf(before!))
  expect((await record()).operations['POST /oauth/token']).toBe(2)
})

test('four processes that call as often as they may stay within the limit of a sub-account, and use it up', async () => {
  const told = await askAll({ kind: 'calls', tenant, locationId: 'busy', forMs: 13_000 })
  const { calls, limited, callsMaxIn10s } = (await record()).buckets.find(({ id }) => id === 'busy')!
  expect(limited / calls).toBeLessThan(0.01)
  // 95 leave in any 10 s; of those that left before, as many can come late as are on their way: three of each process.
  expect(callsMaxIn10s).toBeLessThanOrEqual(95 + 12)
  expect(callsMaxIn10s).toBeGreaterThan(85)
  expect(told.reduce((sum, one) => sum + (one.kind === 'calls' ? one.done : 0), 0)).toBe(calls)
})

function startProcess(): ChildProcess {
  return spawn(process.execPath, programArguments('test/support/ghl-process.ts'), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: bench.databaseUrl,
      REDIS_URL: bench.redis.url,
      GHL_API_URL: bench.simulator.url,
      GHL_CLIENT_ID: `${bench.simulator.appId}-test`,
      SECRET_KEY: bench.secretKey,
    },
  })
}

async function hear(child: ChildProcess): Promise<Told> {
  const [told] = await once(child, 'message')
  return told as Told
}

const askAll = (ask: Ask): Promise<Told[]> =>
  Promise.all(
    processes.map((child) => {
      const answer = hear(child)
      child.send(ask)
      return answer
    }),
  )

const tokenOf = (told: Told): string => (told.kind === 'token' ? told.token : '')

async function record(): Promise<{ operations: Operations; buckets: Bucket[] }> {
  const { body } = await bench.simulator.call('GET', '/_sim/truth')
  return body as { operations: Operations; buckets: Bucket[] }
}
