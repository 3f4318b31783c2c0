import Type, { type Static } from 'typebox'
import { processEnv } from '../kernel/process-env.ts'

export const AnalyticsEnv = Type.Object({
  ...processEnv,
  ANALYTICS_PORT: Type.Integer({
    default: 8082,
    minimum: 0,
    maximum: 65_535,
    description: 'port of the figures, the widget and the demo page; 0 takes a free one',
  }),
  DATABASE_URL: Type.String({
    minLength: 1,
    description: 'postgres://… : access keys, names of locations, and the position of the sink',
  }),
  NATS_URL: Type.String({ minLength: 1, description: 'nats://host:port, several separated by commas' }),
  CLICKHOUSE_URL: Type.String({ minLength: 1, description: 'http://user:password@host:port of ClickHouse' }),
  SINK_ROWS_MAX: Type.Integer({
    default: 20_000,
    minimum: 1,
    description: 'messages in one batch, when the sink is behind: above it a second try after a crash gets dearer',
  }),
  SINK_BYTES_MAX: Type.Integer({
    default: 16 * 1024 ** 2,
    minimum: 4 * 1024 ** 2,
    description: 'bytes in one batch: bounds the memory, four streams hold two batches each; above the largest message',
  }),
  SINK_LINGER_MS: Type.Integer({
    default: 200,
    minimum: 1,
    description:
      'longest wait for a batch to fill: five inserts a second and stream are what ClickHouse merges with ease',
  }),
  SINK_SHARDS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 4,
    description: 'parts into which the four streams are divided over analytics processes; one process holds any number',
  }),
  LIVE_CLIENTS_MAX: Type.Integer({
    default: 2_000,
    minimum: 1,
    description: 'open /v1/live connections, more are answered 503: bounds sockets and what slow readers may hold',
  }),
})
export type AnalyticsEnv = Static<typeof AnalyticsEnv>
