import type { Postgres } from '../../kernel/postgres.ts'
import { accessStatements, noAccessStatements } from './access-statements.ts'
import { type AnalystAccess, planAccess } from './plan-access.ts'
import { createAccessServer } from './stores/access-server.ts'
import { readAnalystKeys } from './stores/analyst-keys.ts'
import { readTemplates } from './stores/read-templates.ts'

type Stores = { postgres: Postgres; clickhouse: Parameters<typeof createAccessServer>[0] }
type Refused = { refused: 'NO_TABLES' | 'VIEW_PAST_POLICIES' | 'NO_USERS'; message: string }
type Rendered = { access: AnalystAccess; statements: string[] }

/**
 * Access of analysts to a ClickHouse server by its own users, roles, row policies, profile and quota: one user for each access
 * key of the role analyst. Made anew from Postgres and the schema each time, so it is right after any change of either.
 */
export function createAnalystAccess({ postgres, clickhouse }: Stores, cluster: string | undefined) {
  const server = createAccessServer(clickhouse)

  async function render(write: typeof accessStatements): Promise<Rendered | Refused> {
    const [tables, past, keys, templates] = await Promise.all([
      server.tables(),
      server.viewsPastPolicies(),
      readAnalystKeys(postgres),
      readTemplates(),
    ])
    const access = planAccess(keys, tables)
    if (access.shared.length === 0)
      return refusal('NO_TABLES', 'ClickHouse has no tables of hexroute: run hexroute migrate up.')
    if (past.length > 0) return refusal('VIEW_PAST_POLICIES', `These read with another's rights: ${past.join(', ')}.`)
    return { access, statements: write(access, templates, cluster) }
  }

  async function send(write: typeof accessStatements): Promise<Rendered | Refused> {
    const rendered = await render(write)
    if ('refused' in rendered) return rendered
    if (!(await server.storesUsers())) return refusal('NO_USERS', NO_USERS)
    await server.run(rendered.statements)
    return rendered
  }

  return {
    show: () => render(accessStatements),
    showRemoval: () => render(noAccessStatements),
    apply: () => send(accessStatements),
    remove: () => send(noAccessStatements),
  }
}

const NO_USERS =
  'This ClickHouse keeps no users: it is the embedded store, or a server without a user directory to write. Analysts ask through /sql of analytics.'

const refusal = (refused: Refused['refused'], message: string): Refused => ({ refused, message })
