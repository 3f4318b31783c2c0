import { expect, test } from 'vitest'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'
import { createGhlPeople } from './ghl-people.ts'

const to = { locationId: 'boston', userId: 'ada', contactId: 'contact1' }

/** GHL whose comments end as said, with the calls that it got. */
function ghlWith(fault: Error | null, clock = () => 0) {
  const calls: unknown[] = []
  const people = createGhlPeople({
    ghl: {
      listUsers: async (_token, locationId) => {
        calls.push(`users of ${locationId}`)
        return [
          { id: 'ada', email: 'ada@example.com' },
          { id: 'gone', email: 'gone@example.com', deleted: true },
          { id: 'bare' },
        ]
      },
      sendMessage: async (_token, _locationId, body) => {
        calls.push(body)
        if (fault) throw fault
        return { conversationId: 'c', messageId: 'm' }
      },
    },
    tokens: { of: () => ({ current: async () => 'token', refuse: () => undefined }), forget: () => undefined },
    clock,
  })
  return { people, calls }
}
const faultOf = (status: number, operation = 'send-message') => new GhlFault({ operation, status, message: 'x' })

test('the address of a user is the one that GHL has; one who is deleted or has none has none', async () => {
  const { people } = ghlWith(null)
  const emails = ['ada', 'gone', 'bare', 'nobody'].map((userId) => people.emailOf('agency1', 'boston', userId))
  expect(await Promise.all(emails)).toEqual(['ada@example.com', null, null, null])
})

test('a burst of leads asks GHL for the users of a location once in ten minutes', async () => {
  let now = 0
  const { people, calls } = ghlWith(null, () => now)
  for (const locationId of ['boston', 'boston', 'austin', 'boston']) await people.emailOf('agency1', locationId, 'ada')
  expect(calls).toEqual(['users of boston', 'users of austin'])
  now = 10 * 60_000
  await people.emailOf('agency1', 'boston', 'ada')
  expect(calls).toHaveLength(3)
})

test('a comment mentions the user at the contact', async () => {
  const { people, calls } = ghlWith(null)
  expect(await people.comment('agency1', to, 'New lead.')).toEqual({ kind: 'sent' })
  expect(calls).toEqual([{ type: 'InternalComment', contactId: 'contact1', message: 'New lead.', mentions: ['ada'] }])
})

test('a comment that GHL did not answer may stand there; one that it refused, or never got, does not', async () => {
  const outcome = (fault: Error) => ghlWith(fault).people.comment('agency1', to, 'x')
  for (const status of [0, 500, 503]) expect((await outcome(faultOf(status))).kind).toBe('lost')
  expect(await outcome(faultOf(422))).toMatchObject({ kind: 'not-sent', code: 'GHL_REFUSED', canRetry: false })
  expect(await outcome(faultOf(429))).toMatchObject({ kind: 'not-sent', canRetry: true })
  expect(await outcome(faultOf(0, 'mint-location-token'))).toMatchObject({ kind: 'not-sent', canRetry: true })
})
