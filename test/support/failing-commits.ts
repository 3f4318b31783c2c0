import type pg from 'pg'
import type { Postgres } from '../../kernel/postgres.ts'

/** The same pool, on which no decision is committed while `isFailing`: as if its router died between reservation and commit. */
export function failingCommits(pool: Postgres, isFailing: () => boolean): Postgres {
  return intercepting(pool, 'connect', async (connect) => {
    const client = (await connect()) as object
    return intercepting(client, 'query', (query, text) => {
      if (isFailing() && JSON.stringify(text).includes('INSERT INTO hexroute.decisions'))
        return Promise.reject(new Error('killed before the commit'))
      return query()
    })
  })
}

/** The same pool, whose connections are lost just before a statement with this text. */
export function losingConnections(pool: Postgres, before: string): Postgres {
  return intercepting(pool, 'connect', async (connect) => {
    const client = (await connect()) as pg.PoolClient
    return intercepting(client, 'query', async (query, text) => {
      if (String(text).includes(before))
        await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined)
      return query()
    })
  })
}

/** The same object with one method in between. */
function intercepting<T extends object>(
  real: T,
  method: string,
  act: (call: () => unknown, firstArgument: unknown) => unknown,
): T {
  return new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target)
      return (...args: unknown[]) => act(() => value.apply(target, args), args[0])
    },
  })
}
