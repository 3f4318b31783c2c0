import { cellToLatLng } from 'h3-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import { compileTerritories } from '../../decide/compile-territories.ts'
import { createLogger } from '../../kernel/logger.ts'
import { createPostgres, type Postgres } from '../../kernel/postgres.ts'
import { projectRuleset } from '../../router/stores/project-ruleset.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'

let database: TestDatabase
let pool: Postgres
beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPostgres({ url: database.url, process: 'test', connectionsMax: 4, log: createLogger('test', 'error') })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const shape: [number, number][][][] = [
  [
    [
      [-84.5, 33.5],
      [-84, 33.5],
      [-84, 34],
      [-84.5, 34],
      [-84.5, 33.5],
    ],
  ],
]
const shared = { locationId: 'a', exclusive: false }
const published: PublishedRuleset = {
  hash: 'all-kinds',
  document: {
    version: 1,
    tenant: 'T',
    strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
    nearestMaxM: 0,
    territories: [
      { id: 'zip4', ...shared, kind: 'zip4', codes: ['303051234'] },
      { id: 'zip', locationId: 'b', exclusive: true, kind: 'zip', country: 'US', codes: ['30305', '30306', '30305'] },
      { id: 'fsa', ...shared, kind: 'zip', country: 'CA', codes: ['M5V'] },
      { id: 'polygon', ...shared, kind: 'polygon', polygons: shape },
      { id: 'drive', ...shared, kind: 'drive_time', polygons: shape },
      { id: 'radius', ...shared, kind: 'radius', latitude: 33.8, longitude: -84.4, radiusMi: 10 },
      { id: 'county', ...shared, kind: 'county', polygons: shape },
      { id: 'state', ...shared, kind: 'state', country: 'US', codes: ['GA', 'AL'] },
      { id: 'country', ...shared, kind: 'country', codes: ['DE'] },
    ],
    caps: [
      { locationId: 'a', metric: 'leads', window: 'day', limit: 20 },
      { locationId: 'a', userId: 'u', metric: 'points', window: { rollingDays: 7 }, limit: null, hard: false },
      { locationId: 'b', metric: 'value', window: 'concurrent', limit: 0, scope: { source: 'web', service: 'roof' } },
    ],
    calendars: [{ id: 'office', weekly: { mon: ['09:00-17:00'] } }],
  },
  locations: [],
  users: [],
}
const index = compileTerritories(published.document.territories)
const read = async (sql: string): Promise<unknown[]> =>
  (await pool.query({ text: sql, values: [published.hash], rowMode: 'array' })).rows

it('a published ruleset stands in its tables with every kind and column, once, though two routers write it', async () => {
  await Promise.all([projectRuleset(pool, published, index), projectRuleset(pool, published, index)])
  await projectRuleset(pool, published, index)

  expect(
    await read(
      'SELECT id, tenant, location_id, kind, exclusive FROM hexroute.territories WHERE ruleset_hash = $1 ORDER BY id',
    ),
  ).toEqual([
    ['country', 'T', 'a', 'country', false],
    ['county', 'T', 'a', 'county', false],
    ['drive', 'T', 'a', 'drive_time', false],
    ['fsa', 'T', 'a', 'zip', false],
    ['polygon', 'T', 'a', 'polygon', false],
    ['radius', 'T', 'a', 'radius', false],
    ['state', 'T', 'a', 'state', false],
    ['zip', 'T', 'b', 'zip', true],
    ['zip4', 'T', 'a', 'zip4', false],
  ])
  expect(
    await read(
      'SELECT country, code, territory_id FROM hexroute.territory_codes WHERE ruleset_hash = $1 ORDER BY 1, 2',
    ),
  ).toEqual([
    ['CA', 'M5V', 'fsa'],
    ['DE', '*', 'country'],
    ['US', '30305', 'zip'],
    ['US', '303051234', 'zip4'],
    ['US', '30306', 'zip'],
    ['US', 'AL', 'state'],
    ['US', 'GA', 'state'],
  ])
  expect(
    await read(`SELECT ordinal, location_id, user_id, metric, time_window, limit_count, scope_source, scope_service, hard
      FROM hexroute.caps WHERE ruleset_hash = $1 ORDER BY ordinal`),
  ).toEqual([
    [0, 'a', null, 'leads', 'day', 20, null, null, true],
    [1, 'a', 'u', 'points', 'rolling 7 days', null, null, null, false],
    [2, 'b', null, 'value', 'concurrent', 0, 'web', 'roof', true],
  ])
  expect(await read('SELECT id, document FROM hexroute.calendars WHERE ruleset_hash = $1')).toEqual([
    ['office', { id: 'office', weekly: { mon: ['09:00-17:00'] } }],
  ])
})

it('the cells in SQL are those of the index, and lie where the shape lies', async () => {
  await projectRuleset(pool, published, index)
  const rows = (await read(
    `SELECT to_hex(cell), boundary FROM hexroute.territory_cells WHERE ruleset_hash = $1 AND territory_id = 'polygon'`,
  )) as [string, boolean][]
  expect(rows.length).toBeGreaterThan(50)
  for (const [cell, boundary] of rows) {
    const [latitude, longitude] = cellToLatLng(cell)
    const holds = index.list.find(({ id }) => id === 'polygon')!.contains({ latitude, longitude })
    if (!boundary) expect(holds).toBe(true)
  }
  expect(rows.some(([, boundary]) => boundary)).toBe(true)
})
