import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGazetteer } from './gazetteer.ts'
import { normalisePostal } from './normalise-postal.ts'

const gazetteer = createGazetteer()
const read = (raw: string | null, country: string | null = 'US', state: string | null = null) =>
  normalisePostal(raw, { country, state, stateOfZip: gazetteer.stateOf })

describe('postal codes as people and spreadsheets write them', () => {
  it.each([
    ['00501', '00501', false],
    ['30305', '30305', false],
    ['30305.0', '30305', true],
    ['３０３０５', '30305', true],
    ['99950', '99950', false],
    ['96799', '96799', false],
    ['96910', '96910', false],
    ['00601', '00601', false],
    ['00802', '00802', false],
    ['12345', '12345', false],
    ['00000', '00000', false],
    ['99999', '99999', false],
  ])('%s is the US ZIP %s (repaired: %s)', (raw, code, repaired) => {
    expect(read(raw)).toEqual({ kind: 'us', code, plus4: null, repaired })
    expect(read(raw, null)).toEqual({ kind: 'us', code, plus4: null, repaired })
  })

  it.each(['30305-1234', '30305 1234', '303051234'])('%s is the ZIP+4 30305-1234', (raw) => {
    expect(read(raw)).toEqual({ kind: 'us', code: '30305', plus4: '1234', repaired: false })
  })

  it('puts lost leading zeros back only where country and state agree', () => {
    expect(read('2134', 'US', 'MA')).toEqual({ kind: 'us', code: '02134', plus4: null, repaired: true })
    expect(read('501', 'US', 'NY')).toEqual({ kind: 'us', code: '00501', plus4: null, repaired: true })
    expect(read('2134', 'US', 'GA')).toEqual({ kind: 'bad' })
    expect(read('2134', 'US', null)).toEqual({ kind: 'bad' })
    expect(read('2134', null, 'MA')).toEqual({ kind: 'bad' })
  })

  it.each(['09012 AE', '34001 AA', '96201 AP', '09012', '34001', '96201'])(
    '%s is a military address and no place',
    (raw) => {
      expect(read(raw)).toMatchObject({ kind: 'non-geographic', code: raw.slice(0, 5) })
    },
  )

  it.each([
    ['M5V3L9', 'M5V', false],
    ['m5v 3l9', 'M5V', false],
    ['M5V 3LO', 'M5V', true],
    ['MSV', null, false],
    ['M5V', 'M5V', false],
    ['H0H 0H0', 'H0H', false],
    ['HOH OHO', 'H0H', true],
    ['KIA 0B1', 'K1A', true],
  ])('%s is the Canadian area %s (repaired: %s)', (raw, code, repaired) => {
    expect(read(raw, 'CA')).toEqual(code === null ? { kind: 'bad' } : { kind: 'ca', code, repaired })
  })

  it('does not read another country as the US or Canada', () => {
    expect(read('75001', 'FR')).toEqual({ kind: 'foreign' })
    expect(read('06600', 'MX')).toEqual({ kind: 'foreign' })
    expect(read('10115', 'DE')).toEqual({ kind: 'foreign' })
    expect(read('75001', 'US')).toMatchObject({ kind: 'us', code: '75001' })
    expect(read('W1A 1AA', 'GB')).toEqual({ kind: 'foreign' })
    expect(read('W1A 1AA', null)).toEqual({ kind: 'bad' })
    expect(read('30305', 'CA')).toEqual({ kind: 'bad' })
  })

  it.each([
    ['', 'absent'],
    [null, 'absent'],
    ['  ', 'absent'],
    ['N/A', 'bad'],
    ['<b>30305</b>', 'bad'],
    ['9'.repeat(1_000_000), 'bad'],
  ])('%j is %s', (raw, kind) => {
    expect(read(raw)).toEqual({ kind })
  })

  it('never throws and never invents a code, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom(null, 'US', 'CA', 'FR'),
        (raw, country) => {
          const postal = read(raw, country)
          if (postal.kind === 'us') expect(postal.code).toMatch(/^\d{5}$/)
          if (postal.kind === 'ca') expect(postal.code).toMatch(/^[A-Z]\d[A-Z]$/)
        },
      ),
      { numRuns: 500 },
    )
  })
})
