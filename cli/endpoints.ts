import { readFileSync } from 'node:fs'

const ENDPOINTS = '.hexroute/endpoints.json'

export type Endpoints = Partial<
  Record<'directory' | 'analytics' | 'adminKey' | 'postgres' | 'redis' | 'clickhouse' | 'nats', string>
>

/** Where `npm start` runs, while it does. */
export function readEndpoints(): Endpoints {
  try {
    return JSON.parse(readFileSync(ENDPOINTS, 'utf8'))
  } catch {
    return {}
  }
}
