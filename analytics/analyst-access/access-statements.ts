import { quoteIdentifier, quoteString } from '../../kernel/clickhouse-quotes.ts'
import { forCluster, statements } from '../../migrations/for-cluster.ts'
import { fillTemplate } from './fill-template.ts'
import type { AnalystAccess, KeyAccess, KeyNames, SharedTable } from './plan-access.ts'
import { type ProfileSetting, profileSettings, quotaLimits } from './profile.ts'

/** The texts of `migrations/clickhouse-access/`. */
export type AccessTemplates = Record<'analysts' | 'reader' | 'rows' | 'view' | 'user' | 'gone' | 'none', string>

/**
 * The statements that bring a server to `access`, whatever of it is there already. In this order nobody sees a row too
 * many at any moment, also when they end halfway.
 */
export function accessStatements(access: AnalystAccess, templates: AccessTemplates, cluster?: string): string[] {
  const render = renderer(templates, cluster)
  const tables = list(access.tables)
  const common = {
    tables,
    settings: profileSettings.map(setting).join(', '),
    quota: Object.entries(quotaLimits)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', '),
    selects: access.shared.map(({ name }) => `SELECT ON ${fullName(name)}`).join(', '),
  }
  return [
    ...access.gone.flatMap((names) => render('gone', { ...quoteIdentifiers(names), tables })),
    ...render('analysts', common),
    ...access.keys.flatMap((key) => ofKey(key, access, render)),
  ]
}

/** The statements that take all of it back. */
export function noAccessStatements(access: AnalystAccess, templates: AccessTemplates, cluster?: string): string[] {
  const render = renderer(templates, cluster)
  const tables = list(access.tables)
  return [
    ...[...access.gone, ...access.keys].flatMap((names) => render('gone', { ...quoteIdentifiers(names), tables })),
    ...render('none', { tables }),
  ]
}

type Render = (template: keyof AccessTemplates, slots: Record<string, string>) => string[]

/** Parted before it is filled: what is filled in may hold whatever ends a statement. */
function renderer(templates: AccessTemplates, cluster: string | undefined): Render {
  return (template, slots) =>
    statements(forCluster(templates[template], cluster)).map((statement) => fillTemplate(statement, slots))
}

function ofKey(key: KeyAccess, { tables, shared }: AnalystAccess, render: Render): string[] {
  const names = quoteIdentifiers(key)
  return [
    ...render('reader', { ...names, tables: list(tables) }),
    ...[...key.rows].flatMap(([filter, those]) => render('rows', { ...names, tables: list(those), filter })),
    ...shared.flatMap((table) => render('view', { ...names, ...viewOf(table, names.database) })),
    ...render('user', { ...names, sha256: quoteString(key.sha256) }),
  ]
}

/** Columns by name, since * leaves out those that are computed; rows as they stand, since a view takes no FINAL. */
function viewOf(
  { name, columns, isView }: SharedTable,
  database: string,
): Record<'view' | 'columns' | 'source', string> {
  return {
    view: `${database}.${quoteIdentifier(name.split('.')[1]!)}`,
    columns: columns.map(quoteIdentifier).join(', '),
    source: isView ? fullName(name) : `${fullName(name)} FINAL`,
  }
}

const quoteIdentifiers = ({ user, reader, database }: KeyNames): KeyNames => ({
  user: quoteIdentifier(user),
  reader: quoteIdentifier(reader),
  database: quoteIdentifier(database),
})
const list = (tables: string[]): string => tables.map(fullName).join(', ')
const fullName = (table: string): string => table.split('.').map(quoteIdentifier).join('.')

function setting({ name, value, bound }: ProfileSetting): string {
  return bound === 'const' ? `${name} = ${value} CONST` : `${name} = ${value} MIN 1 MAX ${value}`
}
