import { expect, test } from 'vitest'
import { type Company, connectionOf } from './connection-of.ts'

const nowMs = Date.parse('2026-06-01T10:00:00Z')
const budget = { per10s: 90, today: 1_000 }
const company: Company = {
  ...{ name: 'Acme', connectedAt: new Date(nowMs - 1_000), disconnectedAt: null, fault: null, hasTokens: true },
  expiresAt: new Date(nowMs + 3_600_000),
}
const told = (change: Partial<Company> | null) => {
  const { state, fault, budget: left } = connectionOf('a', change && { ...company, ...change }, budget, nowMs)
  return [state, fault, left !== null]
}

test('an agency is connected for as long as a token of it works', () => {
  expect(told({})).toEqual(['connected', null, true])
  expect(told({ fault: 'GHL_RECONNECT' })).toEqual(['connected', 'GHL_RECONNECT', true])
  expect(told({ fault: 'GHL_RECONNECT', expiresAt: new Date(nowMs) })).toEqual(['disconnected', 'GHL_RECONNECT', false])
  expect(told({ fault: 'GHL_RECONNECT', expiresAt: null })).toEqual(['disconnected', 'GHL_RECONNECT', false])
})

test('without tokens it is disconnected when it once had some, else it never was connected', () => {
  expect(told({ hasTokens: false, fault: 'UNINSTALLED' })).toEqual(['disconnected', 'UNINSTALLED', false])
  expect(told({ hasTokens: false, disconnectedAt: new Date(nowMs) })).toEqual(['disconnected', null, false])
  expect(told({ hasTokens: false, connectedAt: null })).toEqual(['never-connected', null, false])
  expect(told(null)).toEqual(['never-connected', null, false])
})
