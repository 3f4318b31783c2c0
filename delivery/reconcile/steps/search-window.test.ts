import { expect, test } from 'vitest'
import { searchWindow } from './search-window.ts'

const options = { overlapMs: 900, lagMs: 120 }

test('it starts an overlap before the mark and ends before what may still be on its way', () => {
  expect(searchWindow(5_000, 10_000, options)).toEqual({ fromMs: 4_100, toMs: 9_880 })
  expect(searchWindow(10_000, 10_000, options)).toEqual({ fromMs: 9_100, toMs: 9_880 })
})

test('there is none while nothing is old enough', () => {
  expect(searchWindow(10_000, 10_000, { overlapMs: 0, lagMs: 120 })).toBe(null)
  expect(searchWindow(10_000, 9_000, options)).toBe(null)
})
