import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { readPublicKeys, verifySignature } from './verify-signature.ts'

const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')] as const
const pem = pairs.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }).toString())
const body = Buffer.from('{"type":"ContactCreate"}')
const signed = (key: 0 | 1) => sign(null, body, pairs[key].privateKey).toString('base64')

test('a body signed by any key of the list is good, so that a key can be rotated', () => {
  const keys = readPublicKeys(pem.join('\n'))
  expect(keys).toHaveLength(2)
  expect(verifySignature(body, signed(0), keys)).toBe('good')
  expect(verifySignature(body, signed(1), keys)).toBe('good')
  expect(verifySignature(body, signed(1), keys.slice(0, 1))).toBe('wrong')
})

test('one changed byte makes the signature wrong', () => {
  const keys = readPublicKeys(pem[0]!)
  const changed = Buffer.from(body)
  changed[3]! ^= 1
  expect(verifySignature(changed, signed(0), keys)).toBe('wrong')
})

test.each([undefined, '', 'N/A'])('a body with the signature %j is unsigned', (header) => {
  expect(verifySignature(body, header, readPublicKeys(pem[0]!))).toBe('missing')
})

test.each([
  ['one letter', 'x'],
  ['a word', 'null'],
  ['88 letters of another signature', `${'/'.repeat(86)}==`],
  ['more than a signature', `${signed(0)}AA`],
  ['less than a signature', signed(0).slice(0, -4)],
  ['88 characters of no base64', '\u{1f600}'.repeat(44)],
])('%s as a signature is wrong, and nothing throws', (_what, header) => {
  expect(verifySignature(body, header, readPublicKeys(pem[0]!))).toBe('wrong')
})

test('an empty body is verified like any other', () => {
  const empty = Buffer.alloc(0)
  const header = sign(null, empty, pairs[0].privateKey).toString('base64')
  expect(verifySignature(empty, header, readPublicKeys(pem[0]!))).toBe('good')
})

test('a key list without a usable key says which and why', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ type: 'spki', format: 'pem' })
  expect(() => readPublicKeys('hello')).toThrow('no "BEGIN PUBLIC KEY" block')
  expect(() => readPublicKeys(`${pem[0]}\n${rsa}`)).toThrow('key 2 is not an Ed25519 key')
  expect(() => readPublicKeys('-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----')).toThrow(
    'key 1 cannot be read',
  )
})

test('a key whose line breaks an environment file wrote as \\n is read', () => {
  expect(readPublicKeys(pem[0]!.replaceAll('\n', '\\n'))).toEqual(readPublicKeys(pem[0]!))
})
