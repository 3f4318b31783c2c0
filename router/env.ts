import Type, { type Static } from 'typebox'
import { processEnv } from '../kernel/process-env.ts'

export const Env = Type.Object({
  ...processEnv,
  DATABASE_URL: Type.String({ description: 'Postgres, postgres://user:password@host:port/database' }),
  REDIS_URL: Type.String({ description: 'Redis without persistence, redis://host:port' }),
  NATS_URL: Type.String({ description: 'NATS with JetStream, nats://host:port, several by comma' }),
  ROUTER_PORT: Type.Integer({
    default: 8083,
    minimum: 0,
    maximum: 65535,
    description: 'Port of /healthz, /readyz, /metrics',
  }),
  ROUTER_BATCH_ROWS_MAX: Type.Integer({
    default: 250,
    minimum: 1,
    maximum: 5_000,
    description: 'Leads committed in one transaction: larger ones gain little and wait longer',
  }),
  ROUTER_ACK_PENDING_MAX: Type.Integer({
    default: 5_000,
    minimum: 1,
    description: 'Events in work over all routers: bounds memory and what is repeated after a crash',
  }),
  ROUTER_REFRESH_MS: Type.Integer({
    default: 2_000,
    minimum: 100,
    description: 'How often locations and rulesets are looked up in Postgres',
  }),
})
export type Env = Static<typeof Env>
