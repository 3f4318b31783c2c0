import { setTimeout as pause } from 'node:timers/promises'
import { subjects } from '../../contracts/streams.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from './analytics-messages.ts'
import type { AnalyticsRig } from './analytics-rig.ts'
import { seeded } from './sink-nemesis.ts'

type Table = keyof typeof idColumns
const idColumns = {
  events: 'event_id',
  decisions: 'decision_id',
  decision_candidates: 'decision_id',
  deliveries: 'delivery_id',
  lead_facts: 'fact_id',
} as const
/** What JetStream has acknowledged: rows that must stand in each table, by id. */
export type Acknowledged = Record<Table, Map<string, number>>
export type Verdict = { rows: number; lost: number; duplicated: number; phantom: number }
type Message = { id: string; subject: string; body: object; rows: Partial<Record<Table, number>> }

export const nothingYet = (): Acknowledged => ({
  events: new Map(),
  decisions: new Map(),
  decision_candidates: new Map(),
  deliveries: new Map(),
  lead_facts: new Map(),
})

/** Messages of `leads` leads in no order, one in ten sent twice under its id, each until it is acknowledged. */
export async function publishUntilAcknowledged(
  rig: AnalyticsRig,
  seed: number,
  leads: number,
  acknowledged: Acknowledged,
) {
  const random = seeded(seed * 7 + 1)
  const messages = Array.from({ length: leads }, (_, n) => messagesOf(seed * 100_000 + n)).flat()
  const sent = shuffled([...messages, ...messages.filter(() => random() < 0.1)], random)
  const queue = sent.values()
  const worker = async (): Promise<void> => {
    for (const message of queue) {
      await publishOne(rig, message)
      for (const [table, rows] of Object.entries(message.rows)) acknowledged[table as Table].set(message.id, rows)
      await pause(random() * 20)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return sent.length
}

async function publishOne({ nats }: AnalyticsRig, { id, subject, body }: Message): Promise<void> {
  for (;;) {
    try {
      await nats.jetstream.publish(subject, JSON.stringify(body), { msgID: id, timeout: 1_000 })
      return
    } catch {
      await pause(100)
    }
  }
}

/** Rows as they lie there, without FINAL, against what was acknowledged; and leads whose lifecycle lacks any of it, as lost. */
export async function compare(rig: AnalyticsRig, acknowledged: Acknowledged): Promise<Verdict> {
  const verdict = { rows: 0, lost: 0, duplicated: 0, phantom: 0 }
  for (const table of Object.keys(idColumns) as Table[]) {
    const found = await rig.rows<{ id: string; rows: number }>(
      `SELECT toString(${idColumns[table]}) AS id, toUInt32(count()) AS rows FROM hexroute.${table} GROUP BY id`,
    )
    const rowsById = new Map(found.map(({ id, rows }) => [id, rows]))
    for (const [id, expected] of acknowledged[table]) {
      const rows = rowsById.get(id) ?? 0
      verdict.lost += Math.max(0, expected - rows)
      verdict.duplicated += Math.max(0, rows - expected)
    }
    for (const { id, rows } of found) {
      verdict.rows += rows
      if (!acknowledged[table].has(id)) verdict.phantom += rows
    }
  }
  const [whole] = await rig.rows<{ leads: number }>(
    `SELECT toUInt32(count()) AS leads FROM hexroute.lead_lifecycle FINAL
      WHERE first_decided_at IS NOT NULL AND delivered_at IS NOT NULL AND replied_at IS NOT NULL AND status = 'won'`,
  )
  // One delivery a lead.
  verdict.lost += Math.max(0, acknowledged.deliveries.size - whole!.leads)
  return verdict
}

function messagesOf(n: number): Message[] {
  const at = Date.UTC(2026, 9, 31, 23, 0) + (n % 100_000) * 20_000
  const [event, decision, delivery] = [makeEvent(n, at), makeDecision(n, at), makeDelivery(n, at)]
  const facts = [makeFact(n, 'replied', at, 60_000), makeFact(n, 'won', at, 7_200_000)]
  return [
    { id: event.eventId, subject: subjects.event('agencyA', 'l', 'x'), body: event, rows: { events: 1 } },
    {
      id: decision.decisionId,
      subject: subjects.decision('agencyA', 'l', 'x'),
      body: decision,
      rows: { decisions: 1, decision_candidates: decision.candidates.length },
    },
    {
      id: delivery.deliveryId,
      subject: subjects.delivery('agencyA', 'l', 'x'),
      body: delivery,
      rows: { deliveries: 1 },
    },
    ...facts.map((fact) => ({
      id: fact.factId,
      subject: subjects.fact('agencyA', 'l', 'x'),
      body: fact,
      rows: { lead_facts: 1 },
    })),
  ]
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
