import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What other programs on this machine need to reach the running hexroute. */
export type Endpoints = {
  ingest: string
  directory: string
  analytics: string
  clickhouse: string
  postgres: string
  redis: string
  nats: string
  ghl: string
  adminKey: string
  widgetDemo: string
  /** Where an agency connects to GHL. */
  connectPage: string
}

const FILE = 'endpoints.json'

/** Whole or not at all, readable for its owner only: it holds the admin key. */
export function writeEndpoints(dir: string, endpoints: Endpoints): void {
  const draft = join(dir, `${FILE}.new`)
  writeFileSync(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, join(dir, FILE))
}

export function readEndpoints(dir: string): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, FILE), 'utf8'))
  } catch {
    return undefined
  }
}

/** Nothing answers there any more. */
export function removeEndpoints(dir: string): void {
  rmSync(join(dir, FILE), { force: true })
}
