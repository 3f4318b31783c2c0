import { describe, expect, test } from 'vitest'
import { classifyFault } from './classify-fault.ts'
import { faultFromAnswer } from './fault-from-answer.ts'
import { GhlFault } from './ghl-fault.ts'

const answered = (operation: string, status: number, body: unknown, headers: Record<string, string> = {}) =>
  classifyFault(faultFromAnswer(operation, { status, headers, text: JSON.stringify(body) }, 0))

describe('what is done about an answer of GHL', () => {
  test.each([408, 500, 502, 503, 504])('%i comes again', (status) => {
    expect(answered('upsert-contact', status, {})).toEqual({ kind: 'retry', code: 'GHL_UNAVAILABLE', restMs: null })
  })

  test('no answer comes again', () => {
    const fault = new GhlFault({ operation: 'upsert-contact', status: 0, message: 'other side closed' })
    expect(classifyFault(fault)).toEqual({ kind: 'retry', code: 'GHL_NO_ANSWER', restMs: null })
  })

  test('429 rests the location as long as GHL says', () => {
    const verdict = answered('upsert-contact', 429, { message: 'Too Many Requests' }, { 'retry-after': '7' })
    expect(verdict).toEqual({ kind: 'retry', code: 'GHL_RATE_LIMITED', restMs: 7_000 })
  })

  test('401 asks for a new token', () => {
    const body = { statusCode: 401, message: 'Invalid token: access token is invalid', error: 'Unauthorized' }
    expect(answered('upsert-contact', 401, body).kind).toBe('reauthorise')
  })

  test('a duplicate is adopted, of a contact and of an opportunity', () => {
    const contact = {
      statusCode: 400,
      message: 'This location does not allow duplicated contacts.',
      meta: { contactId: 'c1', matchingField: 'phone' },
    }
    expect(answered('upsert-contact', 400, contact)).toMatchObject({ kind: 'adopt', id: 'c1' })
    const opportunity = { statusCode: 400, code: 'OPPORTUNITY_NO_DUPLICATE', meta: { existingId: 'o1' } }
    expect(answered('create-opportunity', 400, opportunity)).toMatchObject({ kind: 'adopt', id: 'o1' })
  })

  test('an inactive user or workflow takes no location out', () => {
    for (const message of ['User is inactive', 'workflow is not active'])
      expect(answered('add-to-workflow', 400, { message })).toMatchObject({ kind: 'dead-letter' })
  })

  test('an inactive or forbidden location is parked, whatever the status', () => {
    expect(answered('upsert-contact', 403, {})).toEqual({ kind: 'park', code: 'LOCATION_FORBIDDEN' })
    expect(answered('upsert-contact', 400, { message: 'Location is not active' })).toEqual({
      kind: 'park',
      code: 'LOCATION_INACTIVE',
    })
  })

  test('a refused token call parks: the lead is not to blame', () => {
    expect(answered('refresh-company-token', 400, { error: 'invalid_grant' })).toEqual({
      kind: 'park',
      code: 'GHL_RECONNECT',
    })
    expect(answered('refresh-company-token', 401, {})).toEqual({ kind: 'park', code: 'GHL_RECONNECT' })
    expect(answered('mint-location-token', 400, {})).toEqual({ kind: 'park', code: 'LOCATION_NOT_INSTALLED' })
    expect(answered('mint-location-token', 401, {}).kind).toBe('reauthorise')
  })

  test.each([400, 404, 409, 422])('any other %i is a dead letter', (status) => {
    const body = { message: ['property additionalEmails should not exist'], statusCode: status }
    expect(answered('upsert-contact', status, body)).toEqual({ kind: 'dead-letter', code: 'GHL_REFUSED' })
  })

  test('a fault of our own comes again', () => {
    expect(classifyFault(new Error('connection terminated')).kind).toBe('retry')
  })
})

test('an error page that is no JSON, and a body of odd shape, still make a fault', () => {
  const fault = faultFromAnswer('list-pipelines', { status: 502, headers: {}, text: '<html>Bad Gateway</html>' }, 0)
  expect(fault).toMatchObject({ status: 502, message: 'list-pipelines: 502 <html>Bad Gateway</html>' })
  for (const text of ['null', '[]', '7', '{"meta":[],"message":{"a":1},"code":5}', '']) {
    expect(faultFromAnswer('list-pipelines', { status: 400, headers: {}, text }, 0).status).toBe(400)
  }
})
