import type { Clock } from '../../kernel/clock.ts'
import type { InstalledLocation, Location } from '../ghl/steps/ghl-bodies.ts'
import type { CompanyTokens } from '../ghl/stores/company-tokens.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import { withToken } from '../ghl/stores/with-token.ts'
import { toSubAccounts } from './steps/to-sub-account.ts'
import type { SubAccountStore } from './stores/sub-account-store.ts'

export type ReadSubAccountsDeps = {
  ghl: Pick<GhlClient, 'listInstalledLocations' | 'searchLocations'>
  company: CompanyTokens
  subAccounts: SubAccountStore
  clock: Clock
}

export type ReadSubAccounts = (tenant: string) => Promise<{ known: number; installed: number }>

/** GHL gives at most 100 a page: 10,000 sub-accounts are 200 calls of the company's limit, at least 20 seconds. */
const PAGE = 100
/** Ends the reading of a list that never ends; no agency has so many. */
const PAGES_MAX = 1_000

/** Reads all sub-accounts of the agency from GHL and stores them. Asked again while it runs, all wait for the one reading. */
export function createReadSubAccounts(deps: ReadSubAccountsDeps): ReadSubAccounts {
  const underWay = new Map<string, ReturnType<ReadSubAccounts>>()
  return (tenant) => {
    const running = underWay.get(tenant) ?? readAll(deps, tenant).finally(() => underWay.delete(tenant))
    underWay.set(tenant, running)
    return running
  }
}

async function readAll({ ghl, company, subAccounts, clock }: ReadSubAccountsDeps, tenant: string) {
  // What happens in GHL while the pages are read is told by webhooks that are newer than this.
  const at = new Date(clock())
  const source = { current: () => company.current(tenant), refuse: (token: string) => company.refuse(tenant, token) }
  const installed = await allPages<InstalledLocation>((skip) =>
    withToken(source, (token) => ghl.listInstalledLocations(tenant, token, { skip, limit: PAGE })),
  )
  const places = await allPages<Location>((skip) =>
    withToken(source, (token) => ghl.searchLocations(tenant, token, { skip, limit: PAGE })),
  )
  await subAccounts.saveRead(tenant, toSubAccounts(uniqueById(installed), places), at)
  await subAccounts.forgetUnread(tenant, at)
  return subAccounts.counts(tenant)
}

async function allPages<T>(read: (skip: number) => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const items = await read(page * PAGE)
    all.push(...items)
    if (items.length < PAGE) break
  }
  return all
}

/** A list that grows while it is read shows one entry on two pages. */
const uniqueById = (places: InstalledLocation[]): InstalledLocation[] => [
  ...new Map(places.map((place) => [place._id, place])).values(),
]
