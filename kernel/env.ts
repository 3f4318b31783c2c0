import { readFileSync } from 'node:fs'
import Type, { type Static, type TObject } from 'typebox'
import { Value } from 'typebox/value'

/**
 * Parses the environment by a schema of strings and numbers. Texts of digits become numbers where the schema wants one;
 * `@file` is replaced by the file's content. A fault is one line `NAME: what is wrong`.
 * @throws EnvFault with all lines, so that an operator mends everything at once.
 */
export function readEnv<T extends TObject>(schema: T, source: NodeJS.ProcessEnv = process.env): Static<T> {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties)) {
    const raw = source[name]
    const text = raw === undefined || raw === '' ? undefined : raw
    const value =
      text === undefined
        ? (property as { default?: unknown }).default
        : convert(property, resolveFile(name, text, faults))
    if (value === undefined) {
      if (!Type.IsOptional(property)) faults.push(`${name}: missing (${describe(property)})`)
    } else if (!Value.Check(property, value)) {
      faults.push(`${name}: ${[...Value.Errors(property, value)][0]?.message ?? 'wrong'} (${describe(property)})`)
    } else {
      values[name] = value
    }
  }
  if (faults.length > 0) throw new EnvFault(faults)
  return values as Static<T>
}

export class EnvFault extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(faults.join('\n'))
    this.name = 'EnvFault'
    this.faults = faults
  }
}

function resolveFile(name: string, text: string, faults: string[]): string {
  if (!text.startsWith('@')) return text
  try {
    return readFileSync(text.slice(1), 'utf8')
  } catch {
    faults.push(`${name}: cannot read the file ${text.slice(1)}`)
    return ''
  }
}

function convert(schema: unknown, text: string): unknown {
  const isNumber = Type.IsNumber(schema) || Type.IsInteger(schema)
  return isNumber && text.trim() !== '' ? Number(text) : text
}

const describe = (schema: unknown): string => (schema as { description?: string }).description ?? 'see .env.example'
