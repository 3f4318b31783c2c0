import { describe, expect, it } from 'vitest'
import { firstDifference } from './first-difference.ts'

describe('the first difference of two decisions', () => {
  it.each([
    [{ a: 1, b: [1, { c: 'x' }] }, { b: [1, { c: 'y' }], a: 1 }, '/b/1/c', '"x"', '"y"'],
    [{ a: 1 }, {}, '/a', '1', 'absent'],
    [{}, { a: null }, '/a', 'absent', 'null'],
    [{ a: [] }, { a: {} }, '/a', '[]', '{}'],
    [{ 'leads/day~': 3 }, { 'leads/day~': 4 }, '/leads~1day~0', '3', '4'],
  ])('of %j and %j is at %s', (recorded, replayed, path, before, after) => {
    expect(firstDifference(recorded, replayed)).toEqual({ path, recorded: before, replayed: after })
  })

  it('is none when only the order of keys differs', () => {
    expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(null)
  })

  it('tells where, but not what, when it is about where a person lives', () => {
    expect(firstDifference({ place: { latitude: 33.1 } }, { place: { latitude: 33.2 } })).toEqual({
      path: '/place/latitude',
      recorded: 'not shown',
      replayed: 'not shown',
    })
  })
})
