import { expect, test } from 'vitest'
import { filterSetting, rowFilters } from './row-filters.ts'

const table = (name: string, columns: string[], isView = false) =>
  [`hexroute.${name}`, { name: `hexroute.${name}`, columns: new Set(columns), isView }] as const
const known = {
  tables: new Map([
    table('decisions', ['tenant', 'region_id', 'location_id']),
    table('events', ['tenant', 'location_id']),
    table('totals', ['tenant']),
    table('v_why', ['tenant'], true),
  ]),
  hidden: new Set(['migrations', 'hexroute.migrations']),
}
const whole = { tenant: 'a', regionIds: [], locationIds: [] }

test('a key of regions reads by region where a table knows it, else by location, else nothing', () => {
  const filters = rowFilters({ ...whole, regionIds: ['n'] }, ['l1', 'l2'], known)
  expect(filters).toMatchObject({
    'hexroute.decisions': "tenant IN ('a') AND region_id IN ('n')",
    'hexroute.events': "tenant IN ('a') AND location_id IN ('l1', 'l2')",
    'hexroute.totals': "tenant IN ('a') AND 0",
    'hexroute.migrations': '0',
  })
  expect(filters).not.toHaveProperty(['hexroute.v_why'])
  expect(rowFilters({ ...whole, regionIds: ['n'] }, [], known)['hexroute.events']).toBe("tenant IN ('a') AND 0")
})

test('two lists narrow each other; the operator sees every tenant, and no hidden table', () => {
  const both = rowFilters({ ...whole, regionIds: ['n'], locationIds: ['l2'] }, ['l1', 'l2'], known)
  expect(both['hexroute.events']).toBe("tenant IN ('a') AND location_id IN ('l1', 'l2') AND location_id IN ('l2')")
  const operator = rowFilters({ ...whole, tenant: null }, [], known)
  expect(operator).toMatchObject({ 'hexroute.decisions': '1', 'hexroute.migrations': '0' })
})

test('an id stays inside its quotes, in the condition and in the setting', () => {
  const odd = rowFilters({ ...whole, tenant: "\\') OR 1 --" }, [], known)['hexroute.totals']!
  expect(odd).toBe("tenant IN ('\\\\\\') OR 1 --')")
  expect(filterSetting({ t: "x = '\\\\'" })).toBe("{'t':'x = \\'\\\\\\\\\\''}")
})
