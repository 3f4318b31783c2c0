import type { Postgres } from '../../kernel/postgres.ts'
import { createConnectStates } from './connect-states.ts'
import { createDeliverySettingsStore } from './delivery-settings-store.ts'
import { createPrivateTokens } from './private-tokens.ts'
import { createSubAccountStore } from './sub-account-store.ts'

/** What the directory keeps of agencies' connections to GHL and of how leads are written there. */
export const createConnectStores = (pool: Postgres) => ({
  states: createConnectStates(pool),
  subAccounts: createSubAccountStore(pool),
  settings: createDeliverySettingsStore(pool),
  privateTokens: createPrivateTokens(pool),
})
export type ConnectStores = ReturnType<typeof createConnectStores>
