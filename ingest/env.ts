import Type, { type Static } from 'typebox'
import { processEnv } from '../kernel/process-env.ts'
import { secretKeyPattern } from '../kernel/sealed.ts'

export const IngestEnv = Type.Object({
  ...processEnv,
  INGEST_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'port of the webhook gateway; 0 takes a free one',
  }),
  NATS_URL: Type.String({ minLength: 1, description: 'nats://host:port, several separated by commas' }),
  DATABASE_URL: Type.String({ minLength: 1, description: 'postgres://… : the 7-day duplicate memory' }),
  GHL_WEBHOOK_PUBLIC_KEYS: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'PEM texts of the Ed25519 keys that sign webhooks, one after another, or @file; left out, as GHL_APP_ID, where there is no app',
    }),
  ),
  GHL_APP_ID: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'the part of the GHL client id before the first "-": the same keys sign for every app',
    }),
  ),
  HEXROUTE_SECRET_KEY: Type.Optional(
    Type.String({
      pattern: secretKeyPattern,
      description: '32 bytes in base64, as delivery has it: without it what reconcile finds is not taken in',
    }),
  ),
  INGEST_IN_FLIGHT_MAX: Type.Integer({
    default: 1_024,
    minimum: 1,
    description:
      'webhooks that wait for their acknowledgement at the same time, more are answered 429: at 1 MiB a body this is what bounds the memory, at 5,000/s it is 200 ms of a slow JetStream',
  }),
  INGEST_CONNECTIONS_MAX: Type.Integer({
    default: 2_048,
    minimum: 1,
    description: 'open sockets, more are closed at once: bounds what half-sent bodies can hold',
  }),
  INGEST_PUBLISH_TIMEOUT_MS: Type.Integer({
    default: 3_000,
    minimum: 50,
    description:
      'longest wait for JetStream before 429: above its slowest healthy fsync, below the patience of a sender',
  }),
  INGEST_EVENT_LOOP_DELAY_MS_MAX: Type.Integer({
    default: 1_000,
    minimum: 10,
    description:
      'mean lag of the event loop from which on webhooks are answered 429: answers would come later than that',
  }),
})
export type IngestEnv = Static<typeof IngestEnv>
