import { readFileSync } from 'node:fs'
import { readEnv } from '../../kernel/env.ts'
import { runProcess } from '../../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { Env } from './env.ts'
import { openJournal } from './record/journal.ts'

await runProcess('ghl-simulator', async (log, closing) => {
  const env = readEnv(Env)
  const privateKeyPem = readFileSync(env.GHL_SIM_PRIVATE_KEY_FILE, 'utf8')
  const journal = await openJournal(env.GHL_SIM_DATA_DIR)
  const app = await buildApp({ env, journal, privateKeyPem })
  closing.defer('http', () => app.close())
  await app.listen({ host: '127.0.0.1', port: env.GHL_SIM_PORT })
  const { contacts, opportunities, pending } = journal.state
  const resumed = { contacts: contacts.size, opportunities: opportunities.size, unacknowledged: pending.size }
  log.info({ port: env.GHL_SIM_PORT, seed: env.GHL_SIM_SEED, ...resumed }, 'simulator ready')
})
