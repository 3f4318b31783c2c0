import type { ClickHouseClient } from '@clickhouse/client'
import { readTables, type Tables } from '../../stores/sql/catalogue.ts'

export type TablesOfServer = Tables
export type AccessServer = {
  tables: () => Promise<TablesOfServer>
  /** Views that would read with another's rights, so past the policies of who asks. */
  viewsPastPolicies: () => Promise<string[]>
  /** False where users can only be read from a file, as in the embedded store. */
  storesUsers: () => Promise<boolean>
  /** @throws {StatementRefused} at the first that ClickHouse refuses; those before it are done. */
  run: (statements: string[]) => Promise<void>
}

/** What is made there so far stays, and lets nobody see more than he may: run it again. */
class StatementRefused extends Error {
  constructor(number: number, of: number, cause: Error) {
    // ClickHouse may repeat the statement, with the hash of a key in it.
    const words = cause.message.replace(/[0-9a-f]{64}/gi, '…').slice(0, 600)
    super(`statement ${number} of ${of}: ${words}`, { cause })
    this.name = 'StatementRefused'
  }
}

export function createAccessServer(clickhouse: ClickHouseClient): AccessServer {
  const names = async (query: string): Promise<string[]> => {
    const rows = await (await clickhouse.query({ query, format: 'JSONEachRow' })).json<{ name: string }>()
    return rows.map(({ name }) => name)
  }
  return {
    tables: () => readTables(clickhouse),
    viewsPastPolicies: () =>
      names(
        `SELECT name FROM system.tables
          WHERE database = 'hexroute' AND engine = 'View' AND match(create_table_query, '(?i)SQL SECURITY (DEFINER|NONE)')
          ORDER BY name`,
      ),
    storesUsers: async () =>
      (await names(`SELECT type AS name FROM system.user_directories WHERE type NOT IN ('users_xml', 'ldap')`)).length >
      0,
    run: async (statements) => {
      for (const [index, query] of statements.entries())
        await clickhouse.command({ query }).catch((error: Error) => {
          throw new StatementRefused(index + 1, statements.length, error)
        })
    },
  }
}
