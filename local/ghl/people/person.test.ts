import { describe, expect, test } from 'vitest'
import type { SubAccount } from '../organisation.ts'
import { personOf } from './person.ts'
import { loadZipCodes } from './zip-codes.ts'

const zips = loadZipCodes()
const homes: SubAccount[] = [
  { id: 'atlanta', name: 'Atlanta', intake: false, lat: 33.749, lon: -84.388 },
  { id: 'toronto', name: 'Toronto', intake: false, lat: 43.6525, lon: -79.3686 },
]
const crowd = (seed: string, size: number) =>
  Array.from({ length: size }, (_, slot) => personOf(seed, slot, homes, zips))

describe('people of the traffic', () => {
  test('a slot has the same person in every run, whoever came before', () => {
    const forwards = crowd('demo', 200)
    const laterRun = loadZipCodes()
    const backwards = Array.from({ length: 200 }, (_, i) => personOf('demo', 199 - i, homes, laterRun)).reverse()
    expect(backwards).toEqual(forwards)
    expect(personOf('other', 7, homes, zips)).not.toEqual(forwards[7])
  })

  test('no two people share a phone or an e-mail', () => {
    const people = crowd('demo', 20_000)
    expect(new Set(people.map((person) => person.phone)).size).toBe(20_000)
    expect(new Set(people.map((person) => person.email)).size).toBe(20_000)
    expect(people.every((person) => /^\+1[2-9]\d{2}[2-9]\d{6}$/.test(person.phone))).toBe(true)
    expect(people.every((person) => /^[a-z.]+\.[a-z0-9]+@example\.(com|net|org)$/.test(person.email))).toBe(true)
  })

  test('most live near a sub-account, some elsewhere, some mistype their code or leave it out', () => {
    const people = crowd('demo', 5_000)
    const share = (is: (person: (typeof people)[number]) => boolean) => people.filter(is).length / people.length
    expect(share((person) => person.state === 'GA' || person.state === 'ON')).toBeGreaterThan(0.8)
    expect(share((person) => person.postalCode === undefined)).toBeCloseTo(0.03, 1)
    const wellFormed = /^(\d{5}|[A-Z]\d[A-Z] \d[A-Z]\d)$/
    const faulty = share((person) => person.postalCode !== undefined && !wellFormed.test(person.postalCode))
    expect(faulty).toBeGreaterThan(0.015)
    expect(faulty).toBeLessThan(0.06)
  })
})
