import { setTimeout as pause } from 'node:timers/promises'
import { streams } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { createProjections, type Projection } from '../steps/projections.ts'
import { toBatch } from '../steps/to-batch.ts'
import { fillFromStream, insertTables, readSinkPosition } from './stores/fill.ts'
import { createNewTables, type NewTables, type RowTable, rowTables } from './stores/new-tables.ts'
import { takeRebuildLock } from './stores/rebuild-lock.ts'
import { createStoredMessages, START, type StoredKind } from './stores/stored-messages.ts'

export type RebuildParts = {
  databaseUrl: string
  postgres: Postgres
  clickhouse: Parameters<typeof createNewTables>[0]
  nats: Nats
  /** Called at every step and batch: `done` of `total`, in messages or rows; null where it is one statement. */
  onProgress: (step: string, done: number | null, total: number | null) => void
}
export type Rebuilt = {
  /** Rows of each table, as read with FINAL. */
  rows: Record<string, number>
  /** How long the sinks stood still, milliseconds. Routing and delivery do not wait for them. */
  pausedMs: number
}
export type RebuildRefusal = { refused: 'RUNNING' | 'NO_DISK' | 'CLUSTER'; message: string }

type Stream = 'events' | 'decisions' | 'deliveries' | 'facts'
const streamKeys: Stream[] = ['events', 'decisions', 'deliveries', 'facts']
/** What a sink locks before it writes: `analytics/sink/shard-lock.ts`. */
const sinkLocks = streamKeys.map((key) => `hexroute.sink.hexroute.${streams[key].name}`)
const tableOf: Record<StoredKind, RowTable> = { decisions: 'decisions', deliveries: 'deliveries', facts: 'lead_facts' }
/** Parts are merged while they are filled. */
const DISK_FACTOR = 1.3
const PAGE = 1_000
/** With less than this left the sinks are paused: it is read in a second or two. */
const NEARLY_DONE = 2_000

/**
 * Fills new copies of all tables beside the live ones, then puts them in their place. Three sources, best first: the
 * streams; the live tables for what the streams do not hold any more; Postgres for what those lack. Up to where the sinks
 * are and no further: they go on from there, so that no row is lost and none comes twice. Killed at any moment the live
 * tables are whole, each as before or as after, and the next run begins anew.
 */
export async function rebuildAnalytics(parts: RebuildParts): Promise<Rebuilt | RebuildRefusal> {
  const tables = createNewTables(parts.clickhouse)
  const lock = await takeRebuildLock(parts.databaseUrl, sinkLocks)
  if (!lock) return refusal('RUNNING', 'Another rebuild is running, or a person is being erased: wait for its end.')
  try {
    const refused = await refuse(tables)
    if (refused) return refused
    parts.onProgress('tables', null, null)
    await tables.create()
    const done = new Map<Stream, number>()
    while ((await fillStreams(parts, done)) > NEARLY_DONE);
    for (const table of rowTables) {
      parts.onProgress(`carry ${table}`, null, null)
      await tables.carryOver(table)
    }
    for (const kind of ['decisions', 'deliveries', 'facts'] as const) await fillStored(parts, tables, kind)
    const pausedAt = Date.now()
    await lock.pauseSinks()
    parts.onProgress('paused', null, null)
    await untilInserted(tables)
    await fillStreams(parts, done)
    await putInPlace(parts, tables)
    await lock.resumeSinks()
    const pausedMs = Date.now() - pausedAt
    const rows: Record<string, number> = {}
    for (const table of await tables.stored()) rows[table] = await tables.count(table)
    await tables.drop()
    return { rows, pausedMs }
  } finally {
    await lock.release()
  }
}

const refusal = (refused: RebuildRefusal['refused'], message: string): RebuildRefusal => ({ refused, message })

async function refuse(tables: NewTables): Promise<RebuildRefusal | null> {
  if (await tables.isReplicated())
    return refusal('CLUSTER', 'The tables are replicated: restore a replica instead, this fills one node.')
  await tables.drop()
  const { needed, free } = await tables.disk()
  if (free >= needed * DISK_FACTOR) return null
  const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`
  return refusal('NO_DISK', `The copies need ${mib(needed * DISK_FACTOR)} of ClickHouse's disk, ${mib(free)} are free.`)
}

/** @returns how many messages there were to read. */
async function fillStreams(parts: RebuildParts, done: Map<Stream, number>): Promise<number> {
  const projections: Record<Stream, Projection> = createProjections()
  let read = 0
  for (const key of streamKeys) {
    const stream = streams[key].name
    const fromSeq = (done.get(key) ?? 0) + 1
    const toSeq = await readSinkPosition(parts.postgres, parts.nats, stream)
    const total = toSeq - fromSeq + 1
    if (total <= 0) continue
    const onBatch = (seq: number) => parts.onProgress(`stream ${stream}`, seq - fromSeq + 1, total)
    await fillFromStream({ ...parts, stream, projection: projections[key], fromSeq, toSeq, onBatch })
    done.set(key, toSeq)
    read += total
  }
  return read
}

/** Whatever Postgres has and neither stream nor live table had: an emptied ClickHouse gets it back. */
async function fillStored(parts: RebuildParts, tables: NewTables, kind: StoredKind): Promise<void> {
  const read = createStoredMessages(parts.postgres)[kind]
  const projection: Projection = createProjections()[kind]
  let seen = 0
  for (let after: string[] | null = START; after !== null; ) {
    const { messages, last }: Awaited<ReturnType<typeof read>> = await read(after, PAGE)
    after = last
    const known = await tables.known(
      tableOf[kind],
      messages.map(({ id }) => id),
    )
    const unknown = messages.filter(({ id }) => !known.has(id))
    seen += messages.length
    parts.onProgress(`postgres ${kind}`, seen, null)
    if (unknown.length === 0) continue
    const asRead = unknown.map(({ at, text }) => ({ seq: 0, at, subject: '', bytes: Buffer.from(text) }))
    // An older version's form is left out, as the sink would.
    await insertTables(
      parts.clickhouse,
      toBatch(asRead, projection).tables,
      `rebuild:postgres:${unknown[0]!.id}:${unknown.length}`,
    )
  }
}

const INSERTED_WITHIN_MS = 30_000

async function untilInserted(tables: NewTables): Promise<void> {
  for (const deadline = Date.now() + INSERTED_WITHIN_MS; (await tables.inserting()) > 0; ) {
    if (Date.now() > deadline) throw new Error('an insert into the live tables does not end')
    await pause(50)
  }
}

/** Nothing goes that is not there anew: the sinks stand still, so this can be looked at. */
async function putInPlace({ onProgress }: RebuildParts, tables: NewTables): Promise<void> {
  for (const table of rowTables) {
    const missing = await tables.missing(table)
    if (missing > 0) throw new Error(`${missing} rows of ${table} are not in its copy: nothing was changed`)
  }
  for (const table of await tables.stored()) {
    onProgress(`swap ${table}`, null, null)
    await tables.swap(table)
  }
}
