import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScoreRules } from '../../contracts/ruleset.ts'
import { compileScore, scoreLead } from './score-lead.ts'

const NOW_MS = Date.parse('2026-06-10T12:00:00Z')
const lead = { read: (field: string) => (field === 'hasPhone' ? true : undefined) }
const score = (rules: ScoreRules | undefined, engagement: { fact: string; at: string }[] = []) =>
  scoreLead(compileScore(rules), lead, engagement, NOW_MS)
const phone = { id: 'phone', when: { field: 'hasPhone', op: 'eq', value: true } as const, points: 12.345 }
const mail = { id: 'mail', when: { field: 'hasEmail', op: 'eq', value: true } as const, points: 30 }

describe('the score of a lead', () => {
  it('is the base and what matches, each to be read', () => {
    expect(score({ base: 20, rules: [phone, mail] })).toEqual({
      score: 32.35,
      contributions: [
        { id: 'base', points: 20 },
        { id: 'phone', points: 12.35 },
      ],
    })
  })

  it('engagement halves in its half-life, counts once by its latest, and never grows by a clock that runs ahead', () => {
    const rules: ScoreRules = { rules: [], engagement: { replied: 20, appointment: 40 }, halfLifeDays: 7 }
    const facts = [
      { fact: 'replied', at: '2026-05-01T12:00:00Z' },
      { fact: 'replied', at: '2026-06-03T12:00:00Z' },
      { fact: 'appointment', at: '2026-06-11T12:00:00Z' },
      { fact: 'won', at: '2026-06-09T12:00:00Z' },
    ]
    expect(score(rules, facts)).toEqual({
      score: 50,
      contributions: [
        { id: 'engagement.appointment', points: 40 },
        { id: 'engagement.replied', points: 10 },
      ],
    })
  })

  it('without a half-life what happened counts for ever, without rules all is 0', () => {
    const facts = [{ fact: 'replied', at: '2020-01-01T00:00:00Z' }]
    expect(score({ rules: [], engagement: { replied: 20 } }, facts).score).toBe(20)
    expect(score(undefined, facts)).toEqual({ score: 0, contributions: [] })
  })

  it('stays between 0 and 100, whatever the points', () => {
    const points = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 20 })
    fc.assert(
      fc.property(points, (all) => {
        const rules = all.map((value, i) => ({ ...phone, id: `r${i}`, points: value }))
        const result = score({ rules })
        expect(result.score).toBeGreaterThanOrEqual(0)
        expect(result.score).toBeLessThanOrEqual(100)
        expect(JSON.parse(JSON.stringify(result))).toEqual(result)
      }),
    )
  })
})
