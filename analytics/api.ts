import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { Check } from '../kernel/ops-routes.ts'
import type { LiveHub } from './live/live-hub.ts'
import type { SharedReads } from './shared-reads.ts'
import type { AccessKeys } from './stores/access-keys.ts'
import type { Stores } from './stores/conversion.ts'
import type { AskSql } from './stores/sql/ask-sql.ts'
import type { SqlLimits } from './stores/sql/sql-limits.ts'

/** Fastify with TypeBox types on query and answer. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type ApiDeps = Stores & {
  keys: AccessKeys
  askSql: AskSql
  sqlLimits: SqlLimits
  live: LiveHub
  liveClientsMax: number
  shared: SharedReads
  checks: Record<string, Check>
  metrics: Metrics
  log: Logger
}
