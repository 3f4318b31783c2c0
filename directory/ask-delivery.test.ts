import { expect, test } from 'vitest'
import { deliveryRefusals } from '../contracts/delivery-request.ts'
import { askDelivery } from './ask-delivery.ts'

const request = { kind: 'connection', tenant: 'agencyA' } as const
const codeOf = async (asking: Promise<unknown>) =>
  asking.then(
    () => 'answered',
    (error: { code: string; statusCode: number }) => `${error.statusCode} ${error.code}`,
  )

test.each(deliveryRefusals)('a refusal %s is a problem with a code that says the same', async (code) => {
  const told = await codeOf(askDelivery(async () => ({ kind: 'refused', code, message: 'why' }), request, 'connection'))
  const others = { NO_SUCH_CHANNEL: '404 NOT_FOUND', BUSY: '503 UNAVAILABLE' }
  expect(told).toMatch(code in others ? others[code as keyof typeof others] : new RegExp(`^(409|503) ${code}$`))
})

test('no delivery in time is said as such', async () => {
  expect(await codeOf(askDelivery(async () => null, request, 'connection'))).toBe('503 UNAVAILABLE')
})
