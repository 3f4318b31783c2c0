import { setTimeout as pause } from 'node:timers/promises'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { createAskAnalytics } from '../stores/analytics-link.ts'
import { createAskDelivery } from '../stores/delivery-link.ts'
import type { ErasePersonDeps } from './erase-person.ts'
import { createErasureStore } from './stores/erasure-store.ts'
import { createMessageSearch } from './stores/message-search.ts'

/** What erasing needs, over these stores. */
export const createErasure = (pool: Postgres, nats: Nats): ErasePersonDeps => ({
  store: createErasureStore(pool),
  search: createMessageSearch(nats),
  askAnalytics: createAskAnalytics(nats),
  askDelivery: createAskDelivery(nats),
  pause,
})
