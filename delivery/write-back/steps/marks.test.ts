import { expect, test } from 'vitest'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'
import { callsPerLead } from './calls-per-lead.ts'
import { ghlOwner } from './ghl-owner.ts'
import { isRefusal } from './is-refusal.ts'
import { defaultSettings } from './merge-settings.ts'
import { noteMarker, noteText } from './note-text.ts'
import { perhapsOwn } from './own-opportunity.ts'

test('only a user id of GHL becomes an owner, and only where owners are wanted', () => {
  const userId = 'YlWd2wuCAZQzh2cH1fVZ'
  expect(ghlOwner({ userId }, defaultSettings)).toBe(userId)
  expect(ghlOwner({ userId }, { ...defaultSettings, owner: false })).toBeUndefined()
  expect(ghlOwner({ userId: 'ann' }, defaultSettings)).toBeUndefined()
  expect(ghlOwner({ userId: null }, defaultSettings)).toBeUndefined()
})

test('a note holds the sentence of why and the mark that finds it again, which differs with each assignment', () => {
  const text = noteText({ leadId: 'l1', attempt: 2, why: 'Assigned to Boston: shares ZIP 02134.' })
  expect(text).toContain('Assigned to Boston: shares ZIP 02134.')
  expect(text).toContain(noteMarker({ leadId: 'l1', attempt: 2 }))
  expect(noteMarker({ leadId: 'l1', attempt: 1 })).not.toBe(noteMarker({ leadId: 'l1', attempt: 2 }))
})

test('calls are reckoned from the settings: contact and opportunity, note, and a workflow for those who may be messaged', () => {
  const loud = { silent: false }
  expect(callsPerLead(defaultSettings, loud)).toBe(3)
  expect(callsPerLead({ ...defaultSettings, workflow: 'Welcome' }, loud)).toBe(4)
  expect(callsPerLead({ ...defaultSettings, workflow: 'Welcome' }, { silent: true })).toBe(3)
  expect(callsPerLead({ ...defaultSettings, note: false }, loud)).toBe(2)
})

test('an opportunity of the same person and pipeline is ours only when it is not older than the decision', () => {
  const body = {
    locationId: 'loc1',
    pipelineId: 'p1',
    pipelineStageId: 's1',
    contactId: 'c1',
    name: 'Ada',
    status: 'open' as const,
  }
  const found = { id: 'o1', contactId: 'c1', pipelineId: 'p1', name: 'Ada', createdAt: '2026-11-22T10:00:00.000Z' }
  const at = '2026-11-22T09:59:00.000Z'
  expect(perhapsOwn([found], body, at)).toEqual(['o1'])
  expect(perhapsOwn([found], body, '2026-11-22T12:00:00.000Z')).toEqual([])
  expect(perhapsOwn([{ ...found, name: 'Grace' }], body, at)).toEqual([])
  expect(perhapsOwn([{ ...found, pipelineId: 'p2' }], body, at)).toEqual([])
})

test('what GHL refuses is left out; what says that it is down, or the whole sub-account out, is not', () => {
  const fault = (status: number, message = 'no', operation = 'add-note') => new GhlFault({ operation, status, message })
  for (const status of [400, 403, 404, 422]) expect(isRefusal(fault(status))).toBe(true)
  expect(isRefusal(fault(401, 'The token is not authorized for this scope.'))).toBe(true)
  for (const status of [0, 401, 429, 500]) expect(isRefusal(fault(status))).toBe(false)
  expect(isRefusal(fault(403, 'Location is not active'))).toBe(false)
  expect(isRefusal(fault(403, 'no', 'mint-location-token'))).toBe(false)
})
