import { describe, expect, it } from 'vitest'
import { type Ranked, rank } from './rank.ts'
import { type LocationClaim, scoreLocation } from './score-location.ts'

const equal = (locationId: string): Ranked => ({ locationId, claim: 10, score: 0.5, utilisation: 0.25, shortfall: 0 })
const firstOf = (candidates: Ranked[], seed = 'seed'): string => rank(candidates, seed)[0]!.locationId

describe('who comes first', () => {
  it.each([
    ['the stronger claim, whatever the score', { claim: 0, score: -9, utilisation: 1, shortfall: -9 }],
    ['then the higher score', { score: 0.6, utilisation: 1, shortfall: -9 }],
    ['then the lower utilisation', { utilisation: 0.2, shortfall: -9 }],
    ['then the larger shortfall', { shortfall: 0.1 }],
  ])('%s', (_name, advantage) => {
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) {
      const candidates = names.map((id) => (id === name ? { ...equal(id), ...advantage } : equal(id)))
      expect(firstOf(candidates)).toBe(name)
    }
  })

  it('does not depend on the order of the input, and one seed always gives the same order', () => {
    const candidates = ['d', 'a', 'c', 'b'].map(equal)
    expect(rank(candidates, 's')).toEqual(rank([...candidates].reverse(), 's'))
  })

  it('ties over 10,000 leads are uniform: each of 10 locations within 5 sigma of 1,000', () => {
    const candidates = Array.from({ length: 10 }, (_, i) => equal(`loc-${i}`))
    const wins = new Map<string, number>()
    for (let i = 0; i < 10_000; i += 1) {
      const winner = firstOf(candidates, `lead-${i}`)
      wins.set(winner, (wins.get(winner) ?? 0) + 1)
    }
    // Binomial(10,000, 0.1): sigma = 30. By chance alone one of 10 counts leaves 5 sigma in 1 of 170,000 sets of seeds.
    for (const candidate of candidates)
      expect(Math.abs((wins.get(candidate.locationId) ?? 0) - 1_000)).toBeLessThan(150)
  })
})

describe('what a location scores', () => {
  const claim: LocationClaim = {
    strategy: 'balanced',
    weight: 2,
    utilisation: 0.5,
    distanceM: 40_000,
    factor: 1,
    shortfall: 0.25,
    conversionRatio: 1.5,
  }

  it('balanced: weight * (1 - e^-(1-u)) * exp(-d / 40 km), to 1e-6', () => {
    expect(scoreLocation(claim)).toBe(0.289499)
    expect(scoreLocation({ ...claim, utilisation: 1 })).toBe(0)
    expect(scoreLocation({ ...claim, weight: 0 })).toBe(0)
  })

  it('conversion: balanced times the relative rate', () => {
    expect(scoreLocation({ ...claim, strategy: 'conversion' })).toBe(0.434248)
  })

  it('nearest: minus the metres; least_loaded: the free part; round_robin: the shortfall', () => {
    expect(scoreLocation({ ...claim, strategy: 'nearest' })).toBe(-40_000)
    expect(scoreLocation({ ...claim, strategy: 'least_loaded' })).toBe(0.5)
    expect(scoreLocation({ ...claim, strategy: 'round_robin' })).toBe(0.25)
  })

  it('round_robin puts a location of weight 0 behind all that have a share', () => {
    const owing = scoreLocation({ ...claim, strategy: 'round_robin', shortfall: -0.99 })
    expect(scoreLocation({ ...claim, strategy: 'round_robin', weight: 0, shortfall: 0 })).toBeLessThan(owing)
  })

  it('a preference multiplies the score, divides the distance, and never makes anything worse', () => {
    expect(scoreLocation({ ...claim, factor: 2 })).toBe(0.578997)
    expect(scoreLocation({ ...claim, strategy: 'nearest', factor: 2 })).toBe(-20_000)
    expect(scoreLocation({ ...claim, strategy: 'round_robin', shortfall: -0.5, factor: 2 })).toBe(-0.25)
  })

  it('a lead without a point is equally far from all', () => {
    expect(Object.is(scoreLocation({ ...claim, strategy: 'nearest', distanceM: null }), 0)).toBe(true)
  })
})
