import { type Operation, operations } from './operations.ts'

export type ApiVersions = Partial<Record<Operation, string>>

/**
 * `operation=version` by comma, for operations that GHL moves before hexroute does.
 * @throws Error that names what is wrong.
 */
export function apiVersions(text: string): ApiVersions {
  const parts = text.split(',').map((part) => part.trim())
  return Object.fromEntries(parts.filter((part) => part !== '').map(versionOf))
}

function versionOf(part: string): [Operation, string] {
  const [operation, version] = part.split('=').map((side) => side.trim())
  if (!operation || !Object.hasOwn(operations, operation)) throw new Error(`no operation of GHL is called ${operation}`)
  if (!version) throw new Error(`operation ${operation} has no version: write ${operation}=2021-07-28`)
  return [operation as Operation, version]
}
