import { expect, test } from 'vitest'
import { isInsert, namedFormat, readsRowsFromBody } from './statement-kind.ts'

test.each(['INSERT INTO t VALUES (1)', '  insert into t select 1', '-- why\n/* so */ Insert Into t FORMAT CSV'])(
  'an insert: %s',
  (sql) => expect(isInsert(sql)).toBe(true),
)

test.each(['SELECT 1', "SELECT 'insert into'", '', 'inserts', '-- insert into t\nSELECT 1'])('no insert: %s', (sql) =>
  expect(isInsert(sql)).toBe(false),
)

test('rows are awaited in the body only by an insert that ends with its format', () => {
  expect(readsRowsFromBody('INSERT INTO t (a, b) FORMAT JSONEachRow')).toBe(true)
  expect(readsRowsFromBody('INSERT INTO t VALUES (1)')).toBe(false)
  expect(readsRowsFromBody('SELECT 1 FORMAT JSON')).toBe(false)
})

test('the format named in a statement is found, with settings behind it or not', () => {
  expect(namedFormat('SELECT 1\nFORMAT JSONCompact;')).toBe('JSONCompact')
  expect(namedFormat('SELECT 1 FORMAT CSV SETTINGS max_threads = 1')).toBe('CSV')
  expect(namedFormat('SELECT format FROM t')).toBeUndefined()
})
