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
  GHL_CLIENT_ID: Type.Optional(
    Type.String({ minLength: 1, description: 'client id of the marketplace app: agencies connect by it at /connect' }),
  ),
  GHL_OAUTH_URL: Type.String({
    default: 'https://marketplace.gohighlevel.com/oauth/chooselocation',
    pattern: '^https?://',
    description: "GHL's page of consent",
  }),
  PUBLIC_URL: Type.String({
    default: 'http://127.0.0.1:8081',
    pattern: '^https?://',
    description: "where people's browsers reach the directory: the app's redirect URL is this and /v1/oauth/callback",
  }),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: '^smtps?://',
      description: 'only whether it is set: without it e-mail channels are refused',
    }),
  ),
  NOTICE_ALLOW_PRIVATE: Type.Enum(['true', 'false'], {
    default: 'false',
    description: "true: notice channels may name http and private addresses; only on a machine of one's own",
  }),
  DIRECTORY_PORT: Type.Integer({ default: 8081, minimum: 0, maximum: 65535, description: 'Port of the control API' }),
})
export type Env = Static<typeof Env>
