import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { rebuildLock } from '../../../contracts/rebuild-lock.ts'

export type RebuildLock = {
  /** Takes the streams from the sinks: theirs is the next plan, and nobody writes until `resume`. */
  pauseSinks: () => Promise<void>
  resumeSinks: () => Promise<void>
  release: () => Promise<void>
}

const PAUSED_WITHIN_MS = 15_000
const TRY_EVERY_MS = 20

/**
 * $1: what a sink locks. A sink that loses its connection has lost its stream and contends for it again: it is ended as a
 * crash would end it, at any moment of a batch, and the saved plan says where to go on.
 */
const END_HOLDERS = `
  SELECT pg_terminate_backend(l.pid) FROM pg_locks l
   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended($1, 0)`

/** null: another rebuild runs, or a person is being erased. The lock goes with the connection, and so with the process. */
export async function takeRebuildLock(databaseUrl: string, sinkLocks: readonly string[]): Promise<RebuildLock | null> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hexroute-rebuild', keepAlive: true })
  client.on('error', () => undefined)
  await client.connect()
  const call = async (name: 'pg_try_advisory_lock' | 'pg_advisory_unlock', key: string): Promise<boolean> => {
    const sql = {
      pg_try_advisory_lock: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS done',
      pg_advisory_unlock: 'SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS done',
    }
    return (await client.query<{ done: boolean }>(sql[name], [key])).rows[0]!.done
  }
  if (!(await call('pg_try_advisory_lock', rebuildLock))) {
    await client.end()
    return null
  }
  return {
    pauseSinks: async () => {
      const deadline = Date.now() + PAUSED_WITHIN_MS
      for (const key of sinkLocks) {
        while (!(await call('pg_try_advisory_lock', key))) {
          if (Date.now() > deadline) throw new Error('a sink does not give its stream up')
          await client.query(END_HOLDERS, [key])
          await pause(TRY_EVERY_MS)
        }
      }
    },
    resumeSinks: async () => {
      for (const key of sinkLocks) await call('pg_advisory_unlock', key)
    },
    release: () => client.end(),
  }
}
