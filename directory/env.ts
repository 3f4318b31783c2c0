import Type, { type Static } from 'typebox'
import { processEnv } from '../kernel/process-env.ts'
import { secretKeyPattern } from '../kernel/sealed.ts'

export const Env = Type.Object({
  ...processEnv,
  DATABASE_URL: Type.String({ description: 'Postgres, postgres://user:password@host:port/database' }),
  NATS_URL: Type.String({ description: 'NATS with JetStream, nats://host:port, several by comma' }),
  HEXROUTE_SECRET_KEY: Type.String({
    pattern: secretKeyPattern,
    description: '32 bytes in base64: seals stored tokens',
  }),
  HEXROUTE_ADMIN_KEY: Type.Optional(
    Type.String({ minLength: 20, description: 'First key of the operator: accepted as role admin from the start' }),
  ),
  DIRECTORY_PORT: Type.Integer({ default: 8081, minimum: 0, maximum: 65535, description: 'Port of the control API' }),
})
export type Env = Static<typeof Env>
