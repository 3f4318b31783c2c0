import { randomUUID } from 'node:crypto'
import { refreshTokenOf } from './api/oauth-route.ts'
import type { Organisation } from './organisation.ts'
import type { Change } from './record/apply.ts'
import type { Journal } from './record/journal.ts'
import type { Hook } from './record/state.ts'
import { hookOf, type Sending } from './webhooks/bodies.ts'
import type { Sender } from './webhooks/sender.ts'

export type Installations = {
  /** By the agency: the refresh token before is void. With `bulk`, each sub-account installs too, as GHL tells it. */
  install: (bulk: boolean) => Promise<{ refreshToken: string }>
  /** Without a sub-account the agency as a whole: no token of it works any more. False: there is no such sub-account. */
  uninstall: (locationId: string | null) => Promise<boolean>
  /** Into one sub-account. False: there is no such. */
  installInto: (locationId: string) => Promise<boolean>
}

/** Who has the app in GHL, and the webhooks that say so. */
export function createInstallations(journal: Journal, sender: Sender, sending: Sending): Installations {
  const organisation = (): Organisation => journal.state.organisation ?? { companyId: 'company', locations: [] }
  const webhook = (type: string, locationId: string | null, fields: Record<string, unknown>): Hook => {
    const about = { type, locationId: locationId ?? '', kind: 'fate', key: randomUUID() } as const
    return hookOf(sending, about, locationId === null ? { locationId: undefined, ...fields } : fields)
  }
  const about = (): Record<string, unknown> => {
    const { companyId, name } = organisation()
    return { companyId, companyName: name }
  }
  /** The agency as it is afterwards: `which` names the sub-accounts that change, null none, 'all' all. */
  const marked = (which: string | null, installed: boolean, agency = organisation().installed): Change => {
    const locations = organisation().locations.map((place) =>
      which === 'all' || which === place.id ? { ...place, installed } : place,
    )
    const change = { ...organisation(), locations }
    return { k: 'organisation', organisation: agency === undefined ? change : { ...change, installed: agency } }
  }
  const place = (locationId: string) => organisation().locations.some(({ id }) => id === locationId)

  return {
    install: async (bulk) => {
      const uses = (journal.state.refresh?.uses ?? 0) + 1
      const refreshToken = refreshTokenOf(sending.seed, uses)
      const hooks = [webhook('INSTALL', null, { installType: 'Company', ...about() })]
      const ids = bulk ? organisation().locations.map(({ id }) => id) : []
      hooks.push(...ids.map((id) => webhook('INSTALL', id, { installType: 'Location', ...about() })))
      const changes = journal.state.organisation ? [marked(bulk ? 'all' : null, true, true)] : []
      await sender.emit([...changes, { k: 'refresh', token: refreshToken, uses }], hooks)
      return { refreshToken }
    },
    installInto: async (locationId) => {
      if (!place(locationId)) return false
      const hook = webhook('INSTALL', locationId, { installType: 'Location', ...about() })
      await sender.emit([marked(locationId, true)], [hook])
      return true
    },
    uninstall: async (locationId) => {
      if (locationId !== null && !place(locationId)) return false
      const fields = locationId === null ? { companyId: organisation().companyId } : {}
      await sender.emit(
        [locationId === null ? marked('all', false, false) : marked(locationId, false)],
        [webhook('UNINSTALL', locationId, fields)],
      )
      return true
    },
  }
}
