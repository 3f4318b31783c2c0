import { setTimeout as pause } from 'node:timers/promises'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from '../../test/support/analytics-messages.ts'

const IN_FLIGHT = 2_000
const SPAN_MS = 90 * 86_400_000
const TICK_MS = 20
export const MESSAGES_OF_LEAD = 4
export const ROWS_OF_LEAD = 6

/** An event, a decision with two candidates, a delivery and a fact, on a day of 90. */
function publishLead({ jetstream }: Nats, n: number): Promise<unknown>[] {
  const at = Date.UTC(2026, 7, 1) + ((n * 7_919_000) % SPAN_MS)
  const bodies: [string, object][] = [
    [subjects.event('agencyA', 'l', 'x'), makeEvent(n, at)],
    [subjects.decision('agencyA', 'l', 'x'), makeDecision(n, at)],
    [subjects.delivery('agencyA', 'l', 'x'), makeDelivery(n, at)],
    [subjects.fact('agencyA', 'l', 'x'), makeFact(n, 'won', at, 7_200_000)],
  ]
  return bodies.map(([subject, body]) => jetstream.publish(subject, JSON.stringify(body), { timeout: 120_000 }))
}

/** So many leads as fast as JetStream takes them. */
export async function publishLeads(nats: Nats, leads: number): Promise<void> {
  let pending: Promise<unknown>[] = []
  for (let n = 0; n < leads; n += 1) {
    pending.push(...publishLead(nats, n))
    if (pending.length >= IN_FLIGHT) {
      await Promise.all(pending)
      pending = []
    }
  }
  await Promise.all(pending)
}

/** So many leads a second until the signal; what is late is made up for. @returns how many leads there were. */
export async function publishSteadily(nats: Nats, leadsPerS: number, stop: AbortSignal): Promise<number> {
  const startMs = performance.now()
  let leads = 0
  while (!stop.aborted) {
    const due = Math.floor(((performance.now() - startMs) * leadsPerS) / 1_000)
    const pending: Promise<unknown>[] = []
    for (; leads < due; leads += 1) pending.push(...publishLead(nats, leads))
    await Promise.all(pending)
    await pause(TICK_MS)
  }
  return leads
}
