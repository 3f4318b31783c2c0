/** Tag on every contact that came through here: what a location's own workflows can filter on. */
export const hexrouteTag = 'hexroute'

/**
 * The `source` of a contact that we wrote: tells an echoed webhook as ours, and finds the contact of a lead that has
 * neither e-mail nor phone. 45 characters, GHL's search takes 75.
 */
export const leadMarker = (leadId: string): string => `hexroute:${leadId}`
