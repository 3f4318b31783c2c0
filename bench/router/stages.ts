import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from '../decide/statistics.ts'
import { benchEvents } from './events.ts'
import { startShare } from './processor-share.ts'
import { publishEvent, publishEvents, type Stores, untilRouted } from './stores.ts'

const pidsOf = (router: ChildProcess, { postgres, redis, nats }: Stores) => ({
  router: router.pid!,
  postgres: postgres.pid,
  redis: redis.pid,
  nats: nats.pid,
})

/** The stream is filled while the router stands still: nothing but the router's own speed is measured. */
export async function burst(stores: Stores, router: ChildProcess, leads: number): Promise<string> {
  router.kill('SIGSTOP')
  await publishEvents(stores, benchEvents(leads))
  const share = startShare(pidsOf(router, stores))
  const start = performance.now()
  router.kill('SIGCONT')
  await untilRouted(stores)
  const seconds = (performance.now() - start) / 1_000
  return `router alone: ${Math.round(leads / seconds)} leads/s from JetStream to acknowledgement (${leads} leads, ${seconds.toFixed(1)} s); microseconds a lead: ${share(leads)}`
}

/** Reading the whole of each decision would take a tenth of a core. */
const EVENT_ID = /"eventId":"([^"]+)"/

/** Open loop: latency from the publish to the published, hence committed, decision. */
export async function paced(stores: Stores, router: ChildProcess, perSecond: number, seconds: number): Promise<string> {
  const { connection } = stores.connection
  const events = benchEvents(perSecond * seconds)
  const dueMs = new Map<string, number>()
  const tookMs: number[] = []
  const subscription = connection.subscribe('decisions.>', {
    callback: (_error, message) => {
      const due = dueMs.get(EVENT_ID.exec(message.string())?.[1] ?? '')
      if (due !== undefined) tookMs.push(performance.now() - due)
    },
  })
  const share = startShare({ ...pidsOf(router, stores), sender: process.pid })
  const start = performance.now()
  for (const [i, event] of events.entries()) {
    const due = start + (i * 1_000) / perSecond
    if (performance.now() < due) await delay(due - performance.now())
    dueMs.set(event.eventId, due)
    void publishEvent(stores.publish, event)
  }
  await untilRouted(stores)
  subscription.unsubscribe()
  const [p50, p99] = [0.5, 0.99].map((part) => quantile(tookMs, part).toFixed(0))
  return `at ${perSecond}/s open loop: ${tookMs.length} decisions, p50 ${p50} ms, p99 ${p99} ms; microseconds a lead: ${share(events.length)}`
}
