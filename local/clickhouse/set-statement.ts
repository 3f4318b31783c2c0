import { quoteString } from '../../kernel/clickhouse-quotes.ts'

/**
 * One SET for a statement's settings and parameters. `readonly` stands last: behind it nothing can be set.
 * Names come from the URL, so what is not a name is refused here, before it reaches SQL text.
 */
export function setStatement(settings: Record<string, string>, params: Record<string, string>): string {
  const { readonly, ...others } = settings
  const pairs = [
    ...Object.entries(others),
    ...Object.entries(params).map(([name, value]): [string, string] => [`param_${name}`, value]),
    ...(readonly === undefined ? [] : [['readonly', readonly] as [string, string]]),
  ]
  return `SET ${pairs.map(([name, value]) => `${checkName(name)} = ${quoteString(value)}`).join(', ')}`
}

function checkName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new Error(
    `Code: 115. DB::Exception: Setting ${JSON.stringify(name)} is neither a builtin setting nor started with the prefix 'custom_'. (UNKNOWN_SETTING)`,
  )
}
