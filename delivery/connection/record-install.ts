import type { InstallChange } from './steps/read-install.ts'
import type { CompanyStore } from './stores/company-store.ts'
import type { OutageStore } from './stores/outage-store.ts'
import type { SubAccountStore } from './stores/sub-account-store.ts'

export type RecordInstallDeps = {
  companies: CompanyStore
  subAccounts: SubAccountStore
  outages: OutageStore
  changed: (tenant: string) => void
  /** People are told, once for one instant. */
  disconnected: (tenant: string, at: string, code: string) => Promise<void>
  /** GHL is to be asked what its sub-accounts are, soon and once for many webhooks. */
  wantRead: (tenant: string) => void
}

/**
 * Keeps what GHL says of the app's installation. Every step goes by what is stored afterwards, never by the webhook alone:
 * repeats and webhooks that come late or in another order end the same.
 */
export async function recordInstall(deps: RecordInstallDeps, change: InstallChange): Promise<void> {
  if (change.tenant !== null && change.installed) await deps.companies.register(change.tenant, change.companyName)
  await (change.locationId === null ? ofAgency(deps, change) : ofSubAccount(deps, change, change.locationId))
}

/** An install gives no tokens: those come by the code that GHL gives the browser. */
async function ofAgency(deps: RecordInstallDeps, { tenant, installed, at }: InstallChange): Promise<void> {
  if (tenant === null || installed) return
  const code = 'UNINSTALLED'
  // Told again after a crash in between: the notice and the rows know the instant.
  const isNews = await deps.companies.saveDisconnected(tenant, at, code)
  if (!isNews && !(await deps.companies.wasDisconnected(tenant, at))) return
  await deps.subAccounts.saveAllUninstalled(tenant, at)
  deps.changed(tenant)
  await deps.disconnected(tenant, at, code)
}

async function ofSubAccount(deps: RecordInstallDeps, change: InstallChange, locationId: string): Promise<void> {
  const { subAccounts, outages } = deps
  const now = await subAccounts.saveInstall(locationId, change.tenant, change.installed, change.at)
  if (now.tenant === null) return
  await outages.settle(now.tenant, locationId)
  if (!now.isNamed) deps.wantRead(now.tenant)
}
