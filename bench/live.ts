import { createHash } from 'node:crypto'
import { cpus, loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { processorTimeMs } from './ingest/processor-time.ts'
import { connectClients, type LiveClients } from './live/clients.ts'
import { startWorld } from './live/world.ts'

/**
 * `npx tsx bench/live.ts [CLIENTS] [SECONDS]`: one analytics process with its stores, all on this machine, and so many
 * open /v1/live connections. About one decision a second is made at an instant of its own; latency to every client that
 * may see it, from the answer to the insert of its row, or from the publish by way of the sink. Prints Markdown.
 */
const clientsWanted = Number(process.argv[2] ?? 2_000)
const seconds = Number(process.argv[3] ?? 20)
const scopes = 100

const world = await startWorld(scopes, clientsWanted)
const rows: string[] = []
try {
  await scenario('one key, decisions', () => world.wholeKey, 'row', '')
  await scenario('one key, decisions', () => world.wholeKey, 'publish', '')
  await scenario('100 keys of a location each', (n) => world.locationKeys[n % scopes]!, 'row', '')
  await scenario('one key, figures alone (widget)', () => world.wholeKey, 'row', '&decisions=false')
} finally {
  await world.stop()
}
console.log(
  [
    `Machine: ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}.`,
    '',
    '| listeners | from | all connected in | memory a client | events received | p50 ms | p99 ms | most ms | processor of the API |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n'),
)

async function scenario(
  name: string,
  keyOf: (n: number) => string,
  from: 'row' | 'publish',
  query: string,
): Promise<void> {
  const before = await world.memoryBytes()
  const beganMs = performance.now()
  const clients = await connectClients(world.url, clientsWanted, (n) => `/v1/live?token=${keyOf(n)}${query}`)
  const tookMs = performance.now() - beganMs
  await delay(2_500)
  const perClient = ((await world.memoryBytes()) - before) / clientsWanted
  const processorMs = processorTimeMs(world.pid)
  const measuredMs = performance.now()
  const sent = await decide(from, query === '' ? 'lead' : 'total', clients)
  const share = (processorTimeMs(world.pid) - processorMs) / (performance.now() - measuredMs)
  const latencies = clients.latencies(sent)
  await clients.close()
  await world.untilNobodyListens()
  const at = (part: number) => (latencies[Math.floor(part * (latencies.length - 1))] ?? Number.NaN).toFixed(0)
  const cells = [
    `${clientsWanted.toLocaleString('en')}: ${name}`,
    from,
    `${(tookMs / 1_000).toFixed(1)} s`,
    // Later ones fill the memory that the first ones left.
    rows.length === 0 ? `${(perClient / 1_024).toFixed(1)} KiB` : '',
    latencies.length.toLocaleString('en'),
    ...[at(0.5), at(0.99), at(1)],
    `${(100 * share).toFixed(0)} % of a core`,
  ]
  rows.push(`| ${cells.join(' | ')} |`)
}

/** @returns what each decision is known by, and when it was made */
async function decide(
  from: 'row' | 'publish',
  knownBy: 'lead' | 'total',
  clients: LiveClients,
): Promise<Map<string, number>> {
  const sent = new Map<string, number>()
  clients.listen()
  for (let n = 0; n < seconds; n += 1) {
    // Uniform over the round, by the same numbers in every run.
    const phase = createHash('sha256').update(String(n)).digest()[0]! / 256
    await delay(500 + phase * 1_000)
    const { lead, total, atMs } = await world.decide(from)
    sent.set(knownBy === 'lead' ? lead : total, atMs)
  }
  await delay(3_000)
  return sent
}
