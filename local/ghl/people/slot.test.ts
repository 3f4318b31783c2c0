import { expect, test } from 'vitest'
import { apply } from '../record/apply.ts'
import { newState } from '../record/state.ts'
import { slotOf } from './slot.ts'
import { loadZipCodes } from './zip-codes.ts'

const zips = loadZipCodes()
const shares = {
  badSignatureShare: 0.02,
  unknownShare: 0.03,
  duplicateShare: 0.05,
  reorderShare: 0.02,
  workflowShare: 0,
}
const organisation = {
  companyId: 'company',
  locations: [
    { id: 'intake', name: 'Master funnel', intake: true },
    { id: 'denver', name: 'Denver', intake: false, lat: 39.74, lon: -104.99 },
  ],
}

function run(seed: string, slots: number) {
  const state = newState()
  apply(state, { k: 'organisation', organisation })
  const sending = { appId: 'app', seed, now: () => 0 }
  return Array.from({ length: slots }, () => {
    const slot = slotOf(sending, state, { ratePerS: 1, timeScale: 1, ...shares }, zips)
    for (const change of slot.changes) apply(state, change)
    return slot
  })
}

test('two runs with one seed fill every slot alike, down to the ids and bodies; another seed shares no id', () => {
  const first = run('demo', 300)
  expect(run('demo', 300)).toEqual(first)
  const ids = new Set(first.flatMap(({ hooks }) => hooks.map(({ webhookId }) => webhookId)))
  expect(ids.size).toBe(300)
  expect(run('other', 300).some(({ hooks }) => hooks.some(({ webhookId }) => ids.has(webhookId)))).toBe(false)
})

test('forged, unwanted, duplicate and late webhooks come at their shares, and only leads become contacts', () => {
  const slots = run('demo', 5_000)
  const hooks = slots.flatMap((slot) => slot.hooks)
  const share = (is: (hook: (typeof hooks)[number]) => unknown) => hooks.filter(is).length / hooks.length
  expect(share(({ kind }) => kind === 'forged')).toBeCloseTo(0.02, 1)
  expect(share(({ kind }) => kind === 'unknown')).toBeCloseTo(0.03, 1)
  expect(Math.abs(share(({ duplicate }) => duplicate) - 0.0475)).toBeLessThan(0.012)
  expect(Math.abs(share(({ heldMs }) => heldMs) - 0.02)).toBeLessThan(0.01)
  const leads = hooks.filter(({ kind }) => kind === 'lead').length
  expect(slots.flatMap(({ changes }) => changes.filter(({ k }) => k === 'contact'))).toHaveLength(leads)
})
