import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Cap } from '../../contracts/ruleset.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { createRouting, lead } from './routing.ts'

export type RouterProcess = {
  isAlive: () => boolean
  /** Resolves when these leads are decided; rejects when the process dies before. */
  route: (numbers: readonly number[]) => Promise<void>
  /** SIGKILL. */
  kill: () => Promise<void>
}
export type RouterBench = {
  databaseUrl: string
  redisUrl: string
  caps: Omit<Cap, 'locationId'>[]
  shops: number
}

type Done = { id: number; fault: string | null }

/** The real routeLeads on the real stores, in a process of its own; any number of batches at once. */
export async function startRouterProcess(bench: RouterBench): Promise<RouterProcess> {
  const child = spawn(process.execPath, programArguments('test/support/router-process.ts'), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, BENCH: JSON.stringify(bench) },
  })
  const waiting = new Map<number, (fault: Error | null) => void>()
  let batches = 0
  const isAlive = () => child.exitCode === null && child.signalCode === null
  child.on('message', ({ id, fault }: Done) => {
    waiting.get(id)?.(fault === null ? null : new Error(fault))
    waiting.delete(id)
  })
  child.once('exit', () => {
    for (const settle of waiting.values()) settle(new RouterDied())
  })
  await Promise.race([once(child, 'message'), diedEarly(child)])
  return {
    isAlive,
    route: (numbers) =>
      new Promise((resolve, reject) => {
        if (!isAlive()) return reject(new RouterDied())
        const id = ++batches
        waiting.set(id, (fault) => (fault ? reject(fault) : resolve()))
        child.send({ id, numbers }, (error) => error && waiting.get(id)?.(new RouterDied()))
      }),
    kill: async () => {
      if (isAlive() && child.kill('SIGKILL')) await once(child, 'exit')
    },
  }
}

export class RouterDied extends Error {}

async function diedEarly(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`the router process ended while starting, code ${code}`)
}

if (process.env.BENCH) await main(JSON.parse(process.env.BENCH) as RouterBench)

async function main({ databaseUrl, redisUrl, caps, shops }: RouterBench): Promise<void> {
  const bench = await createRouting(databaseUrl, redisUrl, caps, shops)
  process.on('message', async ({ id, numbers }: { id: number; numbers: number[] }) => {
    const answer: Done = { id, fault: null }
    try {
      await bench.route(numbers.map((n) => lead(n, shops)))
    } catch (error) {
      answer.fault = (error as Error).message
    }
    process.send!(answer)
  })
  process.once('disconnect', () => process.exit())
  process.send!({ id: 0, fault: null })
}
