import { expect, test } from 'vitest'
import { nowMs, pretendReconcile } from '../../test/support/reconcile-deps.ts'
import type { ContactSearchAnswer } from '../ghl/steps/ghl-bodies.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { reconcileTenant } from './reconcile-tenant.ts'
import type { Mark } from './stores/marks.ts'

const limited = (restMs: number | null) =>
  new GhlFault({ operation: 'mint-location-token', status: 429, message: 'too many', restMs })

/** An agency with so many intakes; `answer` is what GHL says to each search, in order. */
function rig(intakes: number, answer: (search: number) => Promise<ContactSearchAnswer>) {
  const { deps } = pretendReconcile(
    { contacts: [], opportunities: [], hidden: [] },
    { contacts: new Set(), watched: [] },
  )
  const locationIds = Array.from({ length: intakes }, (_, n) => `intake${n}`)
  const marks = locationIds.map(
    (locationId): Mark => ({ locationId, subject: 'contacts', seenUntilMs: nowMs - 3_600_000 }),
  )
  const noted: [string, string | null][] = []
  const pauses: number[] = []
  let searches = 0
  const stop = new AbortController()
  const own = {
    ...deps,
    ghl: { ...deps.ghl, searchContacts: () => answer(searches++) },
    marks: {
      ...deps.marks,
      of: async () => marks,
      note: async ({ locationId }: Mark, { fault }: { fault: string | null }) => void noted.push([locationId, fault]),
    },
    leads: { ...deps.leads, undelivered: async () => 0 },
    stopping: stop.signal,
    pause: async (ms: number) => void pauses.push(ms),
  } as ReconcileDeps
  return { deps: own, noted, pauses, stop, searches: () => searches }
}
const nobody: ContactSearchAnswer = { contacts: [], total: 0 }

test('a limit that is used up is waited for, and the same sub-account asked again', async () => {
  const rests = [5_000, 3_600_000, null]
  const { deps, noted, pauses } = rig(1, async (search) => {
    if (search < rests.length) throw limited(rests[search]!)
    return nobody
  })
  expect(await reconcileTenant(deps, 'T')).toMatchObject({ subAccounts: 1, failed: [] })
  expect(pauses).toEqual([5_000, 60_000, 1_000])
  expect(noted).toEqual([['intake0', null]])
})

test('a limit that stays used up is said of the sub-account after five tries', async () => {
  const { deps, noted, searches } = rig(1, () => Promise.reject(limited(0)))
  const failed = [{ locationId: 'intake0', code: 'GHL_RATE_LIMITED' }]
  expect(await reconcileTenant(deps, 'T')).toMatchObject({ failed })
  expect(noted).toEqual([['intake0', 'GHL_RATE_LIMITED']])
  expect(searches()).toBe(5)
})

test('a stop ends between two sub-accounts, and those that were not compared stay due', async () => {
  const { deps, noted, stop } = rig(1_000, async (search) => {
    if (search === 9) stop.abort()
    return nobody
  })
  expect(await reconcileTenant(deps, 'T')).toBeNull()
  expect(noted.length).toBeLessThanOrEqual(13)
})

test('a stop ends a wait for the limit, without a fault of the sub-account', async () => {
  const { deps, noted, stop } = rig(1, () => Promise.reject(limited(60_000)))
  const pause = async () => stop.abort()
  expect(await reconcileTenant({ ...deps, pause }, 'T')).toBeNull()
  expect(noted).toEqual([])
})

test('a stop ends within a sub-account that is full of news, after the page', async () => {
  const full = {
    contacts: Array.from({ length: 100 }, (_, n) => ({
      id: `c${n}`,
      dateAdded: new Date(nowMs).toISOString(),
      searchAfter: [n],
    })),
  }
  const { deps, stop, searches } = rig(1, async (search) => {
    if (search === 2) stop.abort()
    return full as unknown as ContactSearchAnswer
  })
  expect(await reconcileTenant(deps, 'T')).toBeNull()
  expect(searches()).toBe(3)
})
