import { type Draft, type Finding, finding } from './finding.ts'
import { rulesOf } from './rules-of.ts'

type Entry = { key: string; path: string }

/** What must stand once and stands twice. The record of a decision names rules by id: it is one list over all groups. */
export function checkDoubled({ document, users }: Draft): Finding[] {
  const { territories, caps, calendars = [], services = [], locationSettings = [], rules = [], score } = document
  const byId = (entries: readonly { id: string }[], path: string): Entry[] =>
    entries.map(({ id }, i) => ({ key: id, path: `${path}/${i}/id` }))
  const lists: Entry[][] = [
    byId(territories, '/territories'),
    byId(calendars, '/calendars'),
    byId(services, '/services'),
    byId(rules, '/rules'),
    byId(score?.rules ?? [], '/score/rules'),
    byId(document.fallback?.pond?.groups ?? [], '/fallback/pond/groups'),
    rulesOf(document).map(({ rule, path }) => ({ key: rule.id, path: `${path}/id` })),
    locationSettings.map(({ locationId }, i) => ({ key: locationId, path: `/locationSettings/${i}/locationId` })),
    users.map(({ id, locationId }, i) => ({ key: `${locationId}/${id}`, path: `/users/${i}` })),
    ...calendars.map(({ holidays = [] }, c) =>
      holidays.map(({ date }, i) => ({ key: date, path: `/calendars/${c}/holidays/${i}/date` })),
    ),
  ]
  const capKeys = caps.map(({ locationId, userId, metric, window, scope }, i) => ({
    key: [locationId, userId ?? '', metric, JSON.stringify(window), scope?.source ?? '', scope?.service ?? ''].join(
      ' ',
    ),
    path: `/caps/${i}`,
  }))
  return [
    ...lists
      .flatMap(repeated)
      .map(({ key, path }) =>
        finding('DOUBLED_ID', path, `${key} stands twice`, 'keep one, or give the other its own id'),
      ),
    ...repeated(capKeys).map(({ path }) =>
      finding('DOUBLED_CAP', path, 'the same cap stands twice', 'keep one per place, metric, window and scope'),
    ),
  ]
}

function repeated(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>()
  return entries.filter(({ key }) => {
    if (seen.has(key)) return true
    seen.add(key)
    return false
  })
}
