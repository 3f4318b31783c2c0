import { expect, test } from 'vitest'
import { createTokens } from './tokens.ts'

const claims = { authClass: 'Location', authClassId: 'loc', jti: '1', generation: 0 } as const

test('a token is good for a day, after a restart too, and not a second longer', () => {
  let nowMs = 1_700_000_000_000
  const token = createTokens(
    'secret',
    () => nowMs,
    () => 86_399,
  ).issue(claims)
  const restarted = createTokens(
    'secret',
    () => nowMs,
    () => 86_399,
  )
  expect(restarted.read(token)).toMatchObject(claims)
  nowMs += 86_398 * 1_000
  expect(restarted.read(token)).toMatchObject(claims)
  nowMs += 1_000
  expect(restarted.read(token)).toBeUndefined()
})

test('a token that is forged, altered or no token opens nothing', () => {
  const tokens = createTokens(
    'secret',
    () => 0,
    () => 86_399,
  )
  const [header, payload, signature] = tokens.issue(claims).split('.')
  const other = Buffer.from(JSON.stringify({ ...claims, authClassId: 'other', exp: 9_999_999_999 })).toString(
    'base64url',
  )
  for (const bad of ['', 'x', `${header}.${other}.${signature}`, `${header}.${payload}.`, `${payload}.${signature}`]) {
    expect(tokens.read(bad)).toBeUndefined()
  }
  expect(
    createTokens(
      'other secret',
      () => 0,
      () => 86_399,
    ).read(`${header}.${payload}.${signature}`),
  ).toBeUndefined()
})
