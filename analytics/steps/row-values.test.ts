import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellNumber, clickhouseTime, unsigned, uuid } from './row-values.ts'

test('times are UTC to the millisecond, and absurd years stand at the edge', () => {
  expect(clickhouseTime('2026-03-01T01:02:03.004+02:00')).toBe('2026-02-28 23:02:03.004')
  expect(clickhouseTime('1066-10-14T00:00:00.000Z')).toBe('1970-01-01 00:00:00.000')
  expect(clickhouseTime('+012345-01-01T00:00:00.000Z')).toBe('2100-01-01 00:00:00.000')
  expect(() => clickhouseTime('soon')).toThrow('not a time')
})

test('an H3 cell keeps all its 64 bits', () => {
  expect(cellNumber('8744c1a8effffff')).toBe('609195526553862143')
  expect(cellNumber(null)).toBe('0')
  expect(() => cellNumber('xyz')).toThrow('not an H3 cell')
})

test('what a column could not hold is malformed', () => {
  expect(uuid('41E6B38D-b01c-4960-af6d-d18cf1d03d46')).toBe('41e6b38d-b01c-4960-af6d-d18cf1d03d46')
  expect(() => uuid('lead-1')).toThrow('not a UUID')
  expect(unsigned(65_535, 16)).toBe(65_535)
  for (const value of [65_536, -1, 1.5]) expect(() => unsigned(value, 16)).toThrow('not a UInt16')
})

test('a time as the stages write it reads the same without a Date', () => {
  const inReach = { min: new Date(0), max: new Date(Date.UTC(2099, 11, 31)), noInvalidDate: true }
  fc.assert(
    fc.property(fc.date(inReach), (date) => {
      const iso = date.toISOString()
      expect(clickhouseTime(iso)).toBe(clickhouseTime(iso.replace('Z', '+00:00')))
    }),
  )
  expect(() => clickhouseTime('2026-13-01T00:00:00.000Z')).toThrow('not a time')
})
