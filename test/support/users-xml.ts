import type { AnalystAccess, KeyAccess } from '../../analytics/analyst-access/plan-access.ts'
import { profileSettings, quotaLimits } from '../../analytics/analyst-access/profile.ts'

/**
 * What the statements of `migrations/clickhouse-access/` make, as a users file: the embedded engine stores no users, and obeys
 * those of a file. Policies of a role have no form in a file. `asDefault` is the key that its only session belongs to, under
 * the name default; without one that session is an administrator's.
 */
export function usersXml({ keys, shared }: AnalystAccess, asDefault?: KeyAccess): string {
  const selects = shared.map(({ name }) => tag('query', `GRANT SELECT ON ${name}`)).join('')
  const users = keys.map((key) => tag(key.user, analyst(key)) + tag(key.reader, reader(key))).join('')
  return tag(
    'clickhouse',
    tag('profiles', `<default/>${tag('hexroute_analyst', settings())}`) +
      tag('quotas', `<default/>${tag('hexroute_analyst', tag('interval', `<duration>3600</duration>${quota()}`))}`) +
      tag('roles', tag('hexroute_reader', tag('grants', selects))) +
      tag('users', tag('default', asDefault ? analyst(asDefault, '<password/>') : ADMINISTRATOR) + users),
  )
}

const ADMINISTRATOR =
  '<password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management>'

function settings(): string {
  const values = profileSettings.map(({ name, value }) => tag(name, String(value))).join('')
  const bounds = profileSettings.map(({ name, value, bound }) =>
    tag(name, bound === 'const' ? '<const/>' : `<min>1</min><max>${value}</max>`),
  )
  return values + tag('constraints', bounds.join(''))
}

const quota = (): string =>
  Object.entries(quotaLimits)
    .map(([name, value]) => tag(name, String(value)))
    .join('')

function analyst({ database, sha256 }: KeyAccess, password = tag('password_sha256_hex', sha256)): string {
  return `${password}<networks><ip>::/0</ip></networks><profile>hexroute_analyst</profile><quota>hexroute_analyst</quota>
    ${tag('default_database', database)}${tag('grants', tag('query', `GRANT SELECT ON ${database}.*`))}`
}

function reader({ rows }: KeyAccess): string {
  const filters = [...rows].flatMap(([filter, tables]) =>
    tables.map((table) => tag(table.split('.')[1]!, tag('filter', escaped(filter)))),
  )
  return `${tag('password_sha256_hex', '0'.repeat(64))}<networks/><profile>default</profile><quota>default</quota>
    <grants><query>GRANT hexroute_reader</query></grants>${tag('databases', tag('hexroute', filters.join('')))}`
}

const tag = (name: string, content: string): string => `<${name}>${content}</${name}>`
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
