import { expect, test } from 'vitest'
import { tightestBudgets } from './tightest-budgets.ts'

test('of ten thousand sub-accounts the ten with least left are shown, and companies have their own ten', () => {
  const locations = Array.from({ length: 10_000 }, (_, n) => ({ bucket: `loc${n}`, per10s: n % 5_000, today: n }))
  const shown = tightestBudgets([...locations, { bucket: 'company:co', per10s: 90, today: 100 }])
  expect(shown[0]).toEqual({ kind: 'company', id: 'co', per10s: 90, today: 100 })
  expect(shown.slice(1).map(({ id }) => id)).toEqual([
    'loc0',
    'loc5000',
    'loc1',
    'loc5001',
    'loc2',
    'loc5002',
    'loc3',
    'loc5003',
    'loc4',
    'loc5004',
  ])
})
