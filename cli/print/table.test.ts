import { expect, test } from 'vitest'
import { createPaint } from './paint.ts'
import { table } from './table.ts'

const columns = [{ title: '#', right: true }, { title: 'name' }, { title: 'note' }, { title: 'km', right: true }]

test('columns line up, numbers to the right, and a column that nobody fills is left out', () => {
  const rows = [
    ['1', "St. John's", '', '9.5'],
    ['10', 'Montréal', '', '120'],
  ]
  expect(table(columns, rows).split('\n')).toEqual([
    '   #  name         km',
    "   1  St. John's  9.5",
    '  10  Montréal    120',
  ])
})

test('colours take no room in a column, and stand on a terminal only', () => {
  const red = '\u001B[31mab\u001B[39m'
  const [, first, second] = table(
    columns,
    [
      ['1', red, 'x', ''],
      ['2', 'abc', 'y', ''],
    ],
    '',
  ).split('\n')
  expect([first!.indexOf('x') - (red.length - 2), second!.indexOf('y')]).toEqual([9, 9])
  expect(createPaint({ isTTY: false })('red', 'ab')).toBe('ab')
})
