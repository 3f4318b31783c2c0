import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { demoIntakes, demoLocations } from '../../local/demo/locations.ts'

export type SignedLead = { eventId: string; body: string; signature: string }

/** Distinct people from around all demo locations, signed beforehand: the sender's cost stays out of the measurement. */
export function signedLeads(count: number, privateKeyPem: string, appId: string): SignedLead[] {
  const key = createPrivateKey(privateKeyPem)
  return Array.from({ length: count }, (_, i) => {
    const eventId = randomUUID()
    const place = demoLocations[i % demoLocations.length]!
    const id = eventId.replaceAll('-', '').slice(0, 20)
    const now = new Date().toISOString()
    const body = JSON.stringify({
      type: 'ContactCreate',
      locationId: demoIntakes[place.country === 'CA' ? 1 : 0].id,
      versionId: appId,
      appId,
      id,
      firstName: 'Bench',
      lastName: `Lead ${i}`,
      email: `${id}@example.com`,
      phone: `+1555${String(i % 10_000_000).padStart(7, '0')}`,
      postalCode: place.postalCode,
      city: place.city,
      state: place.state,
      country: place.country,
      tags: [],
      customFields: [],
      dateAdded: now,
      timestamp: now,
      webhookId: eventId,
    })
    return { eventId, body, signature: sign(null, Buffer.from(body), key).toString('base64') }
  })
}
