import { targetIn } from '../rules/targets.ts'
import type { Draft } from './finding.ts'
import { rulesOf } from './rules-of.ts'

export type Reference = {
  kind: 'location' | 'region' | 'calendar' | 'service' | 'user'
  /** Of a user: `location/user`. */
  id: string
  path: string
}

/** Every id that the document or the users name, and where. */
export function references({ document, users }: Draft): Reference[] {
  const { territories, caps, locationSettings = [], fallback = {} } = document
  const found: Reference[] = []
  const add = (kind: Reference['kind'], path: string, id: string | null | undefined): void => {
    if (id !== null && id !== undefined) found.push({ kind, id, path })
  }
  const addAll = (kind: Reference['kind'], path: string, ids: readonly string[] | undefined): void => {
    ids?.forEach((id, i) => {
      add(kind, `${path}/${i}`, id)
    })
  }
  territories.forEach(({ locationId }, i) => {
    add('location', `/territories/${i}/locationId`, locationId)
  })
  caps.forEach(({ locationId, userId, scope }, i) => {
    add('location', `/caps/${i}/locationId`, locationId)
    add('user', `/caps/${i}/userId`, userId && `${locationId}/${userId}`)
    add('service', `/caps/${i}/scope/service`, scope?.service)
  })
  locationSettings.forEach(({ locationId, calendarId, services }, i) => {
    add('location', `/locationSettings/${i}/locationId`, locationId)
    add('calendar', `/locationSettings/${i}/calendarId`, calendarId)
    addAll('service', `/locationSettings/${i}/services`, services)
  })
  for (const { rule, path } of rulesOf(document)) {
    const target = targetIn(rule.do)
    const targetPath = `${path}/do/${Object.keys(rule.do)[0]}`
    addAll('location', `${targetPath}/locationIds`, target?.locationIds)
    addAll('region', `${targetPath}/regionIds`, target?.regionIds)
    if ('routeTo' in rule.do) add('location', `${path}/do/routeTo`, rule.do.routeTo)
    if ('set' in rule.do) add('service', `${path}/do/set/service`, rule.do.set.service)
  }
  addAll('location', '/fallback/overflow/locationIds', fallback.overflow?.locationIds)
  fallback.pond?.groups.forEach(({ locationIds }, i) => {
    addAll('location', `/fallback/pond/groups/${i}/locationIds`, locationIds)
  })
  add('location', '/fallback/nonGeographicTo', fallback.nonGeographicTo)
  users.forEach(({ locationId, calendarId, skills }, i) => {
    add('location', `/users/${i}/locationId`, locationId)
    add('calendar', `/users/${i}/calendarId`, calendarId)
    addAll('service', `/users/${i}/skills`, skills)
  })
  return found
}
