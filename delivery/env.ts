import Type, { type Static } from 'typebox'
import { processEnv } from '../kernel/process-env.ts'
import { secretKeyPattern } from '../kernel/sealed.ts'

export const Env = Type.Object({
  ...processEnv,
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: 'Postgres, postgres://user:password@host/db',
  }),
  NATS_URL: Type.String({ minLength: 1, description: 'NATS servers, comma list of nats://host:port' }),
  REDIS_URL: Type.String({ description: 'Redis without persistence, redis://host:port' }),
  GHL_API_URL: Type.String({
    default: 'https://services.leadconnectorhq.com',
    pattern: '^https?://',
    description: 'base of the GoHighLevel API',
  }),
  GHL_API_VERSIONS: Type.String({
    default: '',
    description:
      'versions of single operations of GHL where they differ from the built-in ones: operation=version, by comma',
  }),
  GHL_CLIENT_ID: Type.Optional(
    Type.String({ minLength: 1, description: 'client id of the marketplace app; left out where there is none' }),
  ),
  GHL_CLIENT_SECRET: Type.Optional(
    Type.String({ minLength: 1, description: 'client secret of the marketplace app; left out where there is none' }),
  ),
  HEXROUTE_SECRET_KEY: Type.String({
    pattern: secretKeyPattern,
    description: '32 bytes in base64, opens the stored tokens: openssl rand -base64 32',
  }),
  DELIVERY_PORT: Type.Integer({ default: 8084, minimum: 0, maximum: 65_535, description: 'port of the ops routes' }),
  // 32 calls in flight carry 300 leads/s at 100 ms a call; more only adds sockets.
  DELIVERY_SLOTS_MAX: Type.Integer({ default: 32, minimum: 1, maximum: 1_024, description: 'leads in work at once' }),
  // GHL answers in well under a second; 10 s is given up on, and the ledger makes the retry safe.
  GHL_CALL_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 100,
    maximum: 60_000,
    description: 'time for one call',
  }),
  // GHL allows 100; 5 are left for what its clock and the network do to a window's edge.
  GHL_CALLS_PER_10S: Type.Integer({
    default: 95,
    minimum: 10,
    maximum: 10_000,
    description: 'calls per 10 s and sub-account or company, of all processes together',
  }),
  GHL_CALLS_PER_DAY: Type.Integer({
    default: 200_000,
    minimum: 100,
    description: 'calls per day and sub-account or company, of all processes together',
  }),
  // After a kill JetStream hands the lead out again when this is over; live work renews it. The lease of a lead lasts as long,
  // and what is sent in its first half has ended before its end: at least twice GHL_CALL_TIMEOUT_MS.
  DELIVERY_ACK_WAIT_MS: Type.Integer({
    default: 20_000,
    minimum: 1_000,
    maximum: 600_000,
    description: 'time until the work of a killed process is taken up again: at least twice GHL_CALL_TIMEOUT_MS',
  }),
  // A look costs no call while nobody is connected, and two or three when it is the pipelines that are missing.
  DELIVERY_BLOCKED_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 3_600_000,
    description:
      'time between two tries of a lead that waits for people: the agency is not connected, or has no pipeline',
  }),
  // Each look is one call of the sub-account's own limit.
  DELIVERY_PROBE_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 3_600_000,
    description: 'time between two looks at a sub-account that cannot be written to',
  }),
  INGEST_URL: Type.String({
    default: 'http://127.0.0.1:8080',
    pattern: '^https?://',
    description: 'the gateway: what GHL has and no webhook told goes in there',
  }),
  RECONCILE_EVERY_MS: Type.Integer({
    default: 3_600_000,
    minimum: 1_000,
    description: 'how often each agency is compared with GHL',
  }),
  // GHL's index may be minutes late; known contacts cost a look-up and no call.
  RECONCILE_OVERLAP_MS: Type.Integer({
    default: 900_000,
    minimum: 0,
    description: 'how much of what was compared before is looked at again',
  }),
  RECONCILE_LAG_MS: Type.Integer({
    default: 120_000,
    minimum: 0,
    description: 'what is younger is left alone: its webhook may be on the way',
  }),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: '^smtps?://',
      description: 'mail server of e-mail notices, smtps://user:password@host; without it there are none',
    }),
  ),
  SMTP_FROM: Type.String({
    default: 'hexroute <hexroute@localhost>',
    pattern: '^[^\\r\\n]*@[^\\r\\n]+$',
    description: 'sender of e-mail notices: an address that the mail server may send for',
  }),
  // For npm start and tests: everything that a manager of a location can type is otherwise kept out of this network.
  NOTICE_ALLOW_PRIVATE: Type.Enum(['true', 'false'], {
    default: 'false',
    description: "true: notices by webhook may go to http and to private addresses; only on a machine of one's own",
  }),
  GHL_WEB_URL: Type.String({
    default: 'https://app.gohighlevel.com',
    pattern: '^https?://.*[^/]$',
    description: "where users open GHL, for links in notices: an agency's own domain if it has one",
  }),
  // A send takes seconds; after a kill, what the process was sending is settled when this is over.
  NOTICE_LEASE_MS: Type.Integer({
    default: 90_000,
    minimum: 1_000,
    maximum: 600_000,
    description:
      'time until a notice that a killed process was sending is taken up again, or given up where it could come twice',
  }),
})
export type Env = Static<typeof Env>
