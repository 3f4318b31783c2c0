import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { AnalyticsRig } from './analytics-rig.ts'
import { type KillAt, spawnSink } from './sink-process.ts'

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Every step of a batch, and of ClickHouse in its middle. */
const deaths: Omit<KillAt, 'insert'>[] = [
  { when: 'before', table: 'plan' },
  { when: 'after', table: 'plan' },
  { when: 'before', table: 'decision_candidates' },
  { when: 'after', table: 'decision_candidates' },
  { when: 'after', table: '*' },
  { when: 'before', table: 'done' },
  { when: 'after', table: 'done' },
  { when: 'during', table: '*' },
]
const LIVES_WITH_A_DEATH = 3

export type Harm = { sinksKilled: number; faults: string[] }

/**
 * Two sinks that fight for the shards; each dies at a step of a batch and comes again, the later ones with another version
 * of the rows. Beside them the services are killed and locks are taken away. Ends with everything up and two sinks alive.
 */
export function startNemesis(
  rig: AnalyticsRig,
  seed: number,
): { calm: () => Promise<Harm>; stop: () => Promise<void> } {
  const random = seeded(seed)
  const harm: Harm = { sinksKilled: 0, faults: [] }
  const alive = new Set<ChildProcess>()
  let isStopping = false
  let isCalm = false

  const liveAgain = async (): Promise<void> => {
    for (let life = 0; !isStopping; life += 1) {
      const death = deaths[Math.floor(random() * deaths.length)]!
      const killAt = { ...death, insert: 1 + Math.floor(random() * 3), clickhousePid: rig.clickhouseBackend.pid }
      const isMortal = life < LIVES_WITH_A_DEATH && !isCalm
      const sink = spawnSink(rig.env, {
        ...(isMortal ? { killAt } : {}),
        ...(life > 0 && random() < 0.5 ? { isNextVersion: true } : {}),
      })
      alive.add(sink)
      await once(sink, 'exit')
      alive.delete(sink)
      if (!isStopping) harm.sinksKilled += 1
    }
  }
  const keepClickhouse = async (): Promise<void> => {
    while (!isStopping) {
      if (!isRunning(rig.clickhouseBackend.pid)) {
        harm.faults.push('clickhouse')
        await rig.clickhouseBackend.kill()
        await pause(random() * 1_500)
        await rig.clickhouseBackend.restart()
      }
      await pause(50)
    }
  }
  const strike = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) {
      await pause(400 + random() * 1_200)
      const kind = (['nats', 'clickhouse', 'lock'] as const)[Math.floor(random() * 3)]!
      if (kind === 'clickhouse') await rig.clickhouseBackend.kill()
      if (kind === 'nats') {
        await rig.natsBackend.kill()
        await pause(random() * 500)
        await rig.natsBackend.restart()
      }
      if (kind === 'lock') await takeLocksAway(rig)
      if (kind !== 'clickhouse') harm.faults.push(kind)
    }
  }

  const lives = [liveAgain(), liveAgain(), keepClickhouse()]
  const struck = strike()
  return {
    calm: async () => {
      await struck
      isCalm = true
      return harm
    },
    stop: async () => {
      await struck.catch(() => undefined)
      isStopping = true
      for (const sink of alive) sink.kill('SIGKILL')
      await Promise.all(lives)
    },
  }
}

/** The sink hears of it late: its insert may be under way while the next one holds the shard. */
async function takeLocksAway(rig: AnalyticsRig): Promise<void> {
  await rig.postgres.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE locktype = 'advisory' AND granted AND d.datname = current_database() AND pid <> pg_backend_pid()`,
  )
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
