import { describe, expect, test } from 'vitest'
import { fateOf } from './fates.ts'

const rates = { reply: 0.6, book: 0.35, win: 0.2, lose: 0.3 }
const people = Array.from({ length: 20_000 }, (_, i) => `person${i}@example.com`)
const stepsOf = (person: string) => fateOf('demo', person, rates).map(({ step }) => step)

describe('fates', () => {
  test('depend on the seed and the person only', () => {
    const first = people.slice(0, 500).map(stepsOf)
    expect(people.slice(0, 500).reverse().map(stepsOf).reverse()).toEqual(first)
    expect(people.slice(0, 500).map((person) => fateOf('other', person, rates))).not.toEqual(first)
  })

  test('come about as often as the rates of the sub-account say', () => {
    const share = (step: string) => people.filter((person) => stepsOf(person).includes(step as never)).length / 20_000
    expect(share('reply')).toBeCloseTo(0.6, 1)
    expect(share('book')).toBeCloseTo(0.35, 1)
    expect(Math.abs(share('win') - 0.2)).toBeLessThan(0.015)
    expect(Math.abs(share('lose') - 0.3)).toBeLessThan(0.015)
  })

  test('who wins has replied and booked before, in this order, and nobody wins and loses', () => {
    for (const person of people.slice(0, 2_000)) {
      const steps = fateOf('demo', person, rates)
      const names = steps.map(({ step }) => step)
      if (names.includes('win')) expect(names).toEqual(['reply', 'book', 'win'])
      expect(names.includes('win') && names.includes('lose')).toBe(false)
      expect([...steps].sort((a, b) => a.afterMs - b.afterMs)).toEqual(steps)
    }
  })
})
