import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteIdentifier, quoteString } from '../../kernel/clickhouse-quotes.ts'
import { setStatement } from './set-statement.ts'

test('read-only is set last, since nothing can be set behind it', () => {
  expect(setStatement({ readonly: '1', max_threads: '2' }, { id: '7' })).toBe(
    "SET max_threads = '2', param_id = '7', readonly = '1'",
  )
})

test('no value leaves its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const inside = quoteString(text)
        .slice(1, -1)
        .replace(/\\[\\']/g, '')
      expect(inside).not.toMatch(/[\\']/)
      expect(
        quoteIdentifier(text)
          .slice(1, -1)
          .replace(/\\[\\`]/g, ''),
      ).not.toMatch(/[\\`]/)
    }),
  )
})

test('a setting whose name is not a name is refused', () => {
  expect(() => setStatement({ "a = 1, readonly = '0' --": '1' }, {})).toThrow(/^Code: 115\./)
  expect(() => setStatement({}, { 'x y': '1' })).toThrow(/^Code: 115\./)
})
