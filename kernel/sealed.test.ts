import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { seal, secretKeyPattern, unseal } from './sealed.ts'

const key = randomBytes(32).toString('base64')

test('a sealed secret opens under its key, and is never the same bytes twice', () => {
  const token = 'refresh-ключ-🔑'
  expect(unseal(key, seal(key, token))).toBe(token)
  expect(seal(key, token)).not.toEqual(seal(key, token))
  expect(seal(key, token).includes('refresh')).toBe(false)
})

test('another key, an altered byte and a cut text do not open', () => {
  const sealed = seal(key, 'token')
  expect(() => unseal(randomBytes(32).toString('base64'), sealed)).toThrow(/HEXROUTE_SECRET_KEY/)
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed)
    altered[at]! ^= 1
    expect(() => unseal(key, altered)).toThrow()
  }
  expect(() => unseal(key, sealed.subarray(0, 10))).toThrow(/format/)
})

test('a key of the wrong length is refused', () => {
  expect(() => seal('c2hvcnQ=', 'token')).toThrow(/32 bytes/)
  expect(key).toMatch(new RegExp(secretKeyPattern))
})
