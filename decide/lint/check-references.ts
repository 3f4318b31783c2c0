import { type Draft, type Finding, type FindingCode, finding } from './finding.ts'
import { type Reference, references } from './references.ts'

const codes: Record<Reference['kind'], FindingCode> = {
  location: 'DANGLING_LOCATION',
  region: 'DANGLING_REGION',
  user: 'DANGLING_USER',
  calendar: 'DANGLING_CALENDAR',
  service: 'DANGLING_SERVICE',
}

const fixes: Record<Reference['kind'], string> = {
  location: 'create the location first, or correct the id',
  region: 'give a location to the region first, or correct the id',
  user: 'add the user to this location first, or correct the id',
  calendar: 'add it to /calendars, or correct the id',
  service: 'add it to /services, or correct the id',
}

/** References into nothing. Services are free text until the ruleset declares some. */
export function checkReferences(draft: Draft): Finding[] {
  const { document, locations, users } = draft
  const known: Record<Reference['kind'], ReadonlySet<string> | null> = {
    location: new Set(locations.map(({ id }) => id)),
    region: new Set(locations.map(({ regionId }) => regionId)),
    user: new Set(users.map(({ id, locationId }) => `${locationId}/${id}`)),
    calendar: new Set(document.calendars?.map(({ id }) => id)),
    service: document.services ? new Set(document.services.map(({ id }) => id)) : null,
  }
  return references(draft)
    .filter(({ kind, id }) => known[kind]?.has(id) === false)
    .map(({ kind, id, path }) => finding(codes[kind], path, `there is no ${kind} ${id}`, fixes[kind]))
}
