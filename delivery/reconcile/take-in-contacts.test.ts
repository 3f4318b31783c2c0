import { expect, test } from 'vitest'
import { atMinute, nowMs, pretendReconcile } from '../../test/support/reconcile-deps.ts'
import type { FoundContact } from '../ghl/steps/ghl-bodies.ts'
import { FrontDoorFault } from './stores/front-door.ts'
import { takeInContacts } from './take-in-contacts.ts'

const MINUTE_MS = 60_000
const contact = (id: string, minute: number): FoundContact =>
  ({ id, locationId: 'funnel', dateAdded: atMinute(minute) }) as FoundContact
const mark = { locationId: 'funnel', subject: 'contacts', seenUntilMs: nowMs - 30 * MINUTE_MS } as const
const rig = (contacts: FoundContact[], known: string[] = []) =>
  pretendReconcile({ contacts, opportunities: [], hidden: [] }, { contacts: new Set(known), watched: [] })

test('what is no lead goes in, oldest first; known, too old and too young contacts do not', async () => {
  const { deps, posted, marked } = rig(
    [contact('old', -46), contact('a', -44), contact('known', -20), contact('b', -10), contact('young', -1)],
    ['known'],
  )
  expect(await takeInContacts(deps, 'T', mark)).toEqual({ seen: 3, takenIn: 2, missing: 0, fault: null })
  expect(posted.map(({ id, timestamp }) => [id, timestamp])).toEqual([
    ['a', atMinute(-44)],
    ['b', atMinute(-10)],
  ])
  expect(marked).toEqual([nowMs - 2 * MINUTE_MS])
})

test('the mark moves page by page, and not past what the gateway did not take', async () => {
  const many = Array.from({ length: 250 }, (_, n) => contact(`c${n}`, -40 + n / 10))
  const { deps, marked } = rig(many)
  let posts = 0
  const frontDoor = async () => {
    posts += 1
    if (posts === 151) throw new FrontDoorFault('INGEST_AWAY', 'gone')
    return { duplicate: false }
  }
  await expect(takeInContacts({ ...deps, frontDoor }, 'T', mark)).rejects.toThrow('gone')
  expect(marked).toEqual([Date.parse(many[99]!.dateAdded!)])
})

test('a body that can never be taken is said, and holds back nobody', async () => {
  const { deps, posted, marked } = rig([contact('huge', -20), contact('next', -10)])
  const frontDoor: typeof deps.frontDoor = async (body) => {
    if (body.id === 'huge') throw new FrontDoorFault('INGEST_REFUSED', '413')
    return deps.frontDoor(body)
  }
  const result = await takeInContacts({ ...deps, frontDoor }, 'T', mark)
  expect(result).toMatchObject({ takenIn: 1, fault: 'INGEST_REFUSED' })
  expect([posted.length, marked.length]).toEqual([1, 1])
})

test('a run is bounded: 10,000 contacts, then it says that there are more', async () => {
  const many = Array.from({ length: 10_100 }, (_, n) => contact(`c${n}`, -40 + n / 1_000))
  const { deps, calls } = rig(
    many,
    many.map(({ id }) => id),
  )
  expect(await takeInContacts(deps, 'T', mark)).toMatchObject({ seen: 10_000, takenIn: 0, fault: 'MORE_TO_COME' })
  expect(calls).toHaveLength(100)
})

test('more than 10,000 contacts of one instant are gone through run by run, each once', async () => {
  const many = Array.from({ length: 10_100 }, (_, n) => contact(`c${n}`, -20))
  const { deps, posted, marked, wentOn } = rig(many)
  expect(await takeInContacts(deps, 'T', mark)).toMatchObject({ seen: 10_000, fault: 'MORE_TO_COME' })
  const [searchAfter] = wentOn
  const later = { ...mark, seenUntilMs: marked.at(-1)!, searchAfter: searchAfter! }
  expect(await takeInContacts(deps, 'T', later)).toMatchObject({ seen: 100, fault: null })
  expect(new Set(posted.map(({ id }) => id)).size).toBe(10_100)
  expect(posted).toHaveLength(10_100)
  expect([marked.at(-1), wentOn.at(-1)]).toEqual([nowMs - 2 * MINUTE_MS, null])
})
