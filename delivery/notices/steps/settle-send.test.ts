import { expect, test } from 'vitest'
import { postOutcome } from './post-outcome.ts'
import { settleSend } from './settle-send.ts'
import { smtpOutcome } from './smtp-outcome.ts'

const posted = (status: number) => postOutcome({ kind: 'answered', status })

test('only 2xx is success; 410 is the end; all else, redirects too, is asked again', () => {
  expect([200, 204, 299].map((status) => posted(status).kind)).toEqual(['sent', 'sent', 'sent'])
  expect(posted(410).kind).toBe('gone')
  for (const status of [199, 301, 307, 400, 401, 404, 408, 429, 500, 503]) {
    expect(posted(status)).toMatchObject({ kind: 'not-sent', canRetry: true })
  }
  expect(postOutcome({ kind: 'refused', detail: 'x' })).toMatchObject({ kind: 'not-sent', canRetry: false })
})

test('a lost answer is tried again only where the other side can tell a repetition', () => {
  const lost = postOutcome({ kind: 'lost', detail: 'x' })
  expect(settleSend(lost, 1, true)).toMatchObject({ state: 'due', afterMs: 60_000 })
  expect(settleSend(lost, 1, false)).toMatchObject({ state: 'unknown' })
})

test('the eleventh try is the last', () => {
  const failing = posted(500)
  expect([1, 2, 10].map((tries) => settleSend(failing, tries, true))).toMatchObject([
    { afterMs: 60_000 },
    { afterMs: 120_000 },
    { afterMs: 512 * 60_000 },
  ])
  expect(settleSend(failing, 11, true)).toMatchObject({ state: 'failed' })
})

const fault = (fields: { code?: string; responseCode?: number }) => Object.assign(new Error('x'), fields)

test('a mail may have been taken only when its content was on the way and nobody answered', () => {
  expect(smtpOutcome(fault({ code: 'ECONNECTION' }), false)).toMatchObject({ kind: 'not-sent', canRetry: true })
  expect(smtpOutcome(fault({ code: 'ETIMEDOUT' }), true).kind).toBe('lost')
  expect(smtpOutcome(fault({ code: 'EMESSAGE', responseCode: 451 }), true)).toMatchObject({
    kind: 'not-sent',
    canRetry: true,
  })
  expect(smtpOutcome(fault({ code: 'EENVELOPE', responseCode: 550 }), false)).toMatchObject({ canRetry: false })
  expect(smtpOutcome(fault({ code: 'EENVELOPE' }), false)).toMatchObject({ canRetry: false })
  expect(smtpOutcome(fault({ code: 'EAUTH', responseCode: 535 }), false)).toMatchObject({ canRetry: true })
})
