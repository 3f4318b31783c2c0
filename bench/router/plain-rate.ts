import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Event } from '../../contracts/event.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { benchEvents } from './events.ts'
import { postAll } from './post-all.ts'
import { startShare } from './processor-share.ts'
import type { Stores } from './stores.ts'

/** The reference on the same stores, in the same run: from POST to the committed row and its answer. */
export async function plainRate(
  { postgres, redis }: Stores,
  leads: number,
  locations: number,
): Promise<{ perSecond: number; report: string }> {
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, LOCATIONS: String(locations) }
  const { child, port } = await startPlain(env)
  try {
    await plainSeconds(port, benchEvents(1_000))
    const events = benchEvents(leads)
    const share = startShare({ handler: child.pid!, postgres: postgres.pid, redis: redis.pid, sender: process.pid })
    const seconds = await plainSeconds(port, events)
    const perSecond = leads / seconds
    return {
      perSecond,
      report: `plain handler: ${Math.round(perSecond)} leads/s from POST to committed row (${leads} leads, ${seconds.toFixed(1)} s); microseconds a lead: ${share(leads)}`,
    }
  } finally {
    child.kill()
  }
}

/** Starts the plain handler on these stores. @returns the process and its port. */
async function startPlain(env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [...programArguments('bench/router/plain-handler.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return { child, port: Number(port) }
}

/** Each lead once; seconds until the last is answered 200. */
async function plainSeconds(port: number, events: readonly Event[]): Promise<number> {
  const sent = events.map(({ eventId, person }) => {
    const body = JSON.stringify({ id: eventId, ...person })
    const signature = createHmac('sha256', 'secret').update(body).digest('hex')
    return { body, headers: { 'content-type': 'application/json', 'x-signature': signature } }
  })
  const start = performance.now()
  await postAll(`http://127.0.0.1:${port}/lead`, 200, sent)
  return (performance.now() - start) / 1_000
}
