import Type, { type Static } from 'typebox'

export const Env = Type.Object({
  GHL_SIM_PORT: Type.Integer({ default: 8090, minimum: 1, maximum: 65_535, description: 'port of the simulator' }),
  GHL_SIM_PRIVATE_KEY_FILE: Type.String({ description: 'Ed25519 private key, PKCS8 PEM: signs the webhooks' }),
  GHL_SIM_DATA_DIR: Type.String({ description: 'folder of the journal' }),
  GHL_APP_ID: Type.String({ minLength: 1, description: 'app id that the webhooks carry' }),
  GHL_CLIENT_ID: Type.String({ minLength: 1, description: '<app id>-<suffix>' }),
  GHL_CLIENT_SECRET: Type.String({ minLength: 1, description: 'secret of the OAuth client' }),
  GHL_SIM_REFRESH_TOKEN: Type.String({ minLength: 1, description: 'first refresh token of the company' }),
  WEBHOOK_URL: Type.String({ pattern: '^https?://', description: 'where the app receives webhooks' }),
  GHL_SIM_SEED: Type.String({ default: 'demo', description: 'same seed, same people and fates' }),
  GHL_SIM_RATE_BURST: Type.Integer({
    default: 100,
    minimum: 1,
    description: 'calls per 10 s and sub-account or company',
  }),
  GHL_SIM_RATE_DAILY: Type.Integer({ default: 200_000, minimum: 1, description: 'calls per day, the same' }),
  // 64 requests at once keep a gateway busy that answers in 20 ms at 3,000/s.
  GHL_SIM_SENDERS: Type.Integer({ default: 64, minimum: 1, maximum: 1_024, description: 'webhooks in flight at once' }),
})
export type Env = Static<typeof Env>
