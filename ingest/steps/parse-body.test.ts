import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBody } from './parse-body.ts'

const parse = (text: string) => parseBody(Buffer.from(text))
const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

test.each([
  ['', 'not-json'],
  ['{"type":"Con', 'not-json'],
  ['{}{}', 'not-json'],
  ['\u{feff}{}', 'not-json'],
  ['{"__proto__":{"admin":true}}', 'not-json'],
  ['{"a":[{"constructor":{"prototype":{"admin":true}}}]}', 'not-json'],
  ['{"\\u005f_proto__":{"admin":true}}', 'not-json'],
  ['[]', 'not-an-object'],
  ['null', 'not-an-object'],
  ['"text"', 'not-an-object'],
  ['12', 'not-an-object'],
  [nested(65), 'too-deep'],
  [`{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`, 'too-deep'],
  [`{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 'too-deep'],
  ['['.repeat(1_000_000), 'not-json'],
])('%.40s is unparseable: %s', (text, reason) => {
  expect(parse(text)).toEqual({ kind: 'unparseable', reason })
})

test('bytes that are not UTF-8 are unparseable', () => {
  const bytes = Buffer.from([...Buffer.from('{"a":"'), 0xc3, 0x28, ...Buffer.from('"}')])
  expect(parseBody(bytes)).toEqual({ kind: 'unparseable', reason: 'not-utf8' })
})

test('brackets inside of strings are text, not depth', () => {
  const text = JSON.stringify({ note: `${'['.repeat(500)}\\"${'{'.repeat(500)}`, next: '\\' })
  expect(parse(text)).toEqual({ kind: 'object', body: JSON.parse(text) })
})

test('64 levels are allowed; markup, SQL and a key named constructor are just text', () => {
  expect(parse(nested(64)).kind).toBe('object')
  const text = JSON.stringify({ name: "<script>alert(1)</script>'; DROP TABLE leads; --", constructor: 'Smith & Co' })
  expect(parse(text)).toEqual({ kind: 'object', body: JSON.parse(text) })
})

test('arbitrary bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(['object', 'unparseable']).toContain(parseBody(Buffer.from(bytes)).kind)
    }),
  )
})

test('any JSON object is parsed to itself', () => {
  const anyObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
  fc.assert(
    fc.property(anyObject, (value) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'))
      expect(parse(JSON.stringify(value))).toEqual({ kind: 'object', body: JSON.parse(JSON.stringify(value)) })
    }),
  )
})
