import type { RulesetUser } from '../../contracts/ruleset.ts'
import { type Draft, type Finding, finding } from './finding.ts'
import { references } from './references.ts'

/** Locations that no lead can reach, and places that are closed by a number. */
export function checkLocations(draft: Draft): Finding[] {
  return [...checkReach(draft), ...checkCaps(draft), ...checkUsers(draft)]
}

function checkReach(draft: Draft): Finding[] {
  const { document, locations } = draft
  const territorial = new Set(document.territories.map(({ locationId }) => locationId))
  const named = new Set(
    references(draft)
      .filter(({ kind, path }) => kind === 'location' && (path.startsWith('/fallback') || path.endsWith('/routeTo')))
      .map(({ id }) => id),
  )
  const ownOnly = new Set(
    document.locationSettings?.filter(({ ownTerritoryOnly }) => ownTerritoryOnly).map(({ locationId }) => locationId),
  )
  return locations.flatMap(({ id, name }, i) => {
    const isNear = document.nearestMaxM > 0 && !ownOnly.has(id)
    if (territorial.has(id) || isNear || named.has(id)) return []
    const message = `${name} (${id}) has no territory and takes no lead as the nearest`
    return [finding('NO_REACH', `/locations/${i}`, message, 'give it a territory, or let nearestMaxM reach it')]
  })
}

function checkCaps({ document: { caps } }: Draft): Finding[] {
  return caps.flatMap(({ limit, locationId, userId }, i) => {
    if (limit !== 0) return []
    const who = userId === undefined ? locationId : `user ${userId} of ${locationId}`
    return [finding('CAP_ZERO', `/caps/${i}/limit`, `a cap of 0 closes ${who}`, 'raise it, or pause the place instead')]
  })
}

function checkUsers({ document: { locationSettings = [] }, users }: Draft): Finding[] {
  const teams = new Map<string, { first: number; members: RulesetUser[] }>()
  users.forEach((user, i) => {
    const team = teams.get(user.locationId) ?? { first: i, members: [] }
    team.members.push(user)
    teams.set(user.locationId, team)
  })
  const shareless = [...teams].filter(([, { members }]) => members.every(({ weight }) => weight <= 0))
  return [
    ...shareless.map(([locationId, { first }]) =>
      finding(
        'USERS_WITHOUT_SHARE',
        `/users/${first}/weight`,
        `all users of ${locationId} have weight 0: none receives leads in turn`,
        'give at least one of them a weight above 0',
      ),
    ),
    ...locationSettings.flatMap(({ locationId, userRequired }, i) =>
      userRequired && !teams.has(locationId)
        ? [
            finding(
              'USERS_MISSING',
              `/locationSettings/${i}/userRequired`,
              `${locationId} needs a user for each lead and has none`,
              'add users, or take userRequired out',
            ),
          ]
        : [],
    ),
  ]
}
