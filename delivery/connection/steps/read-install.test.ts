import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Event } from '../../../contracts/event.ts'
import { readInstall } from './read-install.ts'

const folder = new URL('../../../test/fixtures/ghl/webhooks/', import.meta.url)
const company = 'Cq7Tz3NfH5vJ1kXe8rDu'
const location = 'Lx8Qm2VtR4nK9bYw1sZa'

function eventOf(payload: Record<string, unknown>, change: Partial<Event> = {}): Event {
  return {
    ...{ eventId: 'e', tenant: '_', locationId: '_', type: String(payload.type), origin: 'ghl', entityId: null },
    ...{ contactId: null, occurredAt: '2026-06-01T10:00:00.000Z', receivedAt: '2026-06-01T10:00:01.000Z' },
    ...{ parked: 'unknown-location', intake: false, requestId: 'r', person: null, payload },
    ...change,
  }
}
const fixture = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>

test('every kind of install that GHL sends says who and where', () => {
  const names = readdirSync(folder).filter((name) => /^(UN)?INSTALL\./.test(name))
  const read = Object.fromEntries(names.map((name) => [name, readInstall(eventOf(fixture(name)))]))
  const told = (installed: boolean, tenant: string | null, locationId: string | null) =>
    expect.objectContaining({ installed, tenant, locationId, at: '2026-06-01T10:00:00.000Z' })
  expect(read).toEqual({
    'INSTALL.json': told(true, company, location),
    'INSTALL.agency.json': told(true, company, null),
    'INSTALL.captured.json': told(true, company, location),
    'INSTALL.whitelabel.json': told(true, company, location),
    'UNINSTALL.json': told(false, null, location),
    'UNINSTALL.agency.json': told(false, company, null),
  })
})

test('who declared the sub-account does not stand in for a company that GHL does not name', () => {
  const event = eventOf(fixture('UNINSTALL.json'), { tenant: 'agencyA', parked: null })
  expect(readInstall(event)).toMatchObject({ tenant: null, locationId: location })
})

test('another app, another type, and ids that cannot be some install nothing', () => {
  expect(readInstall(eventOf(fixture('INSTALL.json'), { parked: 'other-app' }))).toBeNull()
  expect(readInstall(eventOf({ ...fixture('INSTALL.json'), type: 'ContactCreate' }))).toBeNull()
  expect(readInstall(eventOf({ type: 'INSTALL', companyId: 'a b', locationId: 7 }))).toBeNull()
  expect(readInstall(eventOf({ type: 'INSTALL', data: { companyId: company } }))).toMatchObject({ tenant: company })
})
