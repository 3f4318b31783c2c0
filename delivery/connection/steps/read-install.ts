import type { Event } from '../../../contracts/event.ts'
import { unknownToken } from '../../../contracts/streams.ts'

/** What an INSTALL or UNINSTALL webhook says. Without a sub-account it is about the whole agency. */
export type InstallChange = {
  installed: boolean
  /** GHL's company; null where the webhook does not name it, as an UNINSTALL of a sub-account. */
  tenant: string | null
  companyName: string | null
  locationId: string | null
  /** ISO 8601: when it happened. */
  at: string
}

const ID = /^[A-Za-z0-9_-]{1,64}$/

/** Null when the webhook is of another app, or names nothing that could be installed. Agencies that are not known yet count. */
export function readInstall(event: Event): InstallChange | null {
  const { type, payload, parked, occurredAt } = event
  if (parked === 'other-app' || (type !== 'INSTALL' && type !== 'UNINSTALL')) return null
  const fields = typeof payload.data === 'object' ? { ...payload.data, ...payload } : payload
  const locationId = idOf(fields.locationId)
  const tenant = idOf(fields.companyId)
  if (tenant === null && locationId === null) return null
  return { installed: type === 'INSTALL', tenant, companyName: nameOf(fields.companyName), locationId, at: occurredAt }
}

const idOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== unknownToken && ID.test(value) ? value : null

const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : null
