import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { secretMatches } from './secret-matches.ts'

const hash = createHash('sha256').update('s3cret').digest('hex')

test('only the secret whose hash is known matches', () => {
  expect(secretMatches('s3cret', hash)).toBe(true)
  expect(secretMatches('s3cret', hash.toUpperCase())).toBe(true)
  for (const wrong of ['', 'S3cret', 's3cret ', hash, undefined]) expect(secretMatches(wrong, hash)).toBe(false)
})

test('an unknown source and a broken hash match nothing', () => {
  for (const broken of [undefined, '', 'zz', hash.slice(2)]) expect(secretMatches('s3cret', broken)).toBe(false)
})
