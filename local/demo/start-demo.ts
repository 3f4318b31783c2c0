import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SeedOptions, seedDemo } from './seed.ts'

/**
 * Makes the demo organisation once per data directory. Never into a database that holds agencies of somebody's own.
 * @returns the widget key of the demo page, or undefined when there is no demo here.
 */
export async function ensureDemo(dataDir: string, options: SeedOptions): Promise<string | undefined> {
  const file = join(dataDir, 'demo.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).widgetKey
  if (await holdsOtherAgencies(options)) return undefined
  const { widgetKey } = await seedDemo(options)
  writeFileSync(file, `${JSON.stringify({ widgetKey })}\n`, { mode: 0o600 })
  return widgetKey
}

/** Customers act within seconds to a minute instead of hours, so that a visitor sees the figures move. */
const DEMO_TRAFFIC = { duplicateShare: 0.05, badSignatureShare: 0.02, timeScale: 0.002 }

/** Lets the simulator send signed webhooks, with the mishaps that GHL has, until it is stopped. */
export async function startTraffic(ghlUrl: string, ratePerS: number): Promise<void> {
  const answer = await fetch(`${ghlUrl}/_sim/traffic`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...DEMO_TRAFFIC, ratePerS }),
  })
  if (!answer.ok) throw new Error(`the GHL simulator refused traffic: ${(await answer.text()).slice(0, 300)}`)
}

async function holdsOtherAgencies({ directoryUrl, adminKey }: SeedOptions): Promise<boolean> {
  const answer = await fetch(`${directoryUrl}/v1/agencies`, { headers: { authorization: `Bearer ${adminKey}` } })
  if (!answer.ok) throw new Error(`GET /v1/agencies answered ${answer.status}`)
  const page = (await answer.json()) as { items?: { name: string }[] }
  // An agency of this name is a seeding that was interrupted: it is repeated from the start.
  return (page.items ?? []).some(({ name }) => name !== 'Hexroute Demo')
}
