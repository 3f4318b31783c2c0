import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Compile } from 'typebox/compile'
import { expect, it } from 'vitest'
import { Expression, ruleFields } from '../../contracts/ruleset/expression.ts'
import { RulesetDocument } from '../../contracts/ruleset.ts'
import { type Field, fieldsOf, type Schema } from '../support/schema-fields.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/ruleset-reference.md', import.meta.url)), 'utf8')
const conditions = page.split('## Conditions\n')[1]!.split('\n## ')[0]!
const rest = page.replace(conditions, '')

it('docs/ruleset-reference.md has every field of the schema and no other, with its values and bounds', () => {
  expect(sorted(documented(rest))).toEqual(sorted(fieldsOf(plain(RulesetDocument))))
})

it('the same for conditions, with every field that a rule may ask', () => {
  const { $defs } = plain(Expression) as { $defs: { Expression: Schema } }
  expect(sorted(documented(conditions))).toEqual(sorted(fieldsOf($defs.Expression)))
  const [, listed = ''] = /^Fields: (.+?)\n\n/ms.exec(conditions) ?? []
  const named = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)
  expect(ruleFields.filter((field) => !named.includes(field))).toEqual([])
})

it('every field has a meaning, and the condition shown is one', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows.filter((row) => cellsOf(row)[3] === '')).toEqual([])
  const [, shown = ''] = /```json\n(.+?)```/s.exec(conditions) ?? []
  expect(Compile(Expression).Check(JSON.parse(shown))).toBe(true)
})

/** Without what the library knows of its own types. */
const plain = (schema: object): Schema => JSON.parse(JSON.stringify(schema)) as Schema

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

const documented = (text: string): Field[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((row) => {
      const [path, type, must] = cellsOf(row)
      return { path: path!.replaceAll('`', ''), type: type!, isRequired: must === 'yes' }
    })

const sorted = (fields: readonly Field[]): Field[] => [...fields].sort((a, b) => (a.path < b.path ? -1 : 1))
