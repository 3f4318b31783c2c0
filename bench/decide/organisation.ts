import { newRequest } from '../../contracts/decision.ts'
import type { Cap, RuleGroup, RulesetDocument, RulesetLocation } from '../../contracts/ruleset.ts'
import { type CompiledRuleset, compileRuleset } from '../../decide/compile-ruleset.ts'
import type { Lead } from '../../decide/lead.ts'

/** Deterministic: the same organisation and the same leads in every run (Park and Miller's generator). */
function createDraw(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Where people live: clusters around 60 towns of the contiguous United States. */
function createPlaces(seed: number): () => { latitude: number; longitude: number } {
  const draw = createDraw(seed)
  const towns = Array.from({ length: 60 }, () => ({ latitude: 28 + draw() * 18, longitude: -120 + draw() * 45 }))
  return () => {
    const town = towns[Math.floor(draw() * towns.length)]!
    return { latitude: town.latitude + (draw() - 0.5) * 1.5, longitude: town.longitude + (draw() - 0.5) * 1.5 }
  }
}

const WINDOWS: Cap['window'][] = ['day', 'week', 'month', 'concurrent', { rollingDays: 7 }]

export const benchRuleset = (count: number): CompiledRuleset =>
  compileRuleset({ hash: 'bench', users: [], ...benchDocument(count) })

export function benchDocument(count: number): { document: RulesetDocument; locations: RulesetLocation[] } {
  const place = createPlaces(7)
  const locations: RulesetLocation[] = Array.from({ length: count }, (_, i) => ({
    ...{ id: `loc${i}`, regionId: `r${i % 20}`, name: `Shop ${i}`, timeZone: 'America/New_York', weight: 1 },
    ...place(),
  }))
  return {
    document: {
      version: 1,
      tenant: 'bench',
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 100_000,
      territories: locations.map(({ id, latitude, longitude }) => ({
        ...{ id: `${id}-r`, locationId: id, exclusive: false, kind: 'radius', latitude, longitude },
        // The towns fill up: a lead should be in reach of some ten locations at either size.
        radiusKm: count > 5_000 ? 12 : 40,
      })),
      caps: locations.flatMap(({ id }) =>
        WINDOWS.map((window) => ({ locationId: id, metric: 'leads' as const, window, limit: 20_000 })),
      ),
      rules: benchRules(),
    },
    locations,
  }
}

/** 50 rules, of which a lead meets a few. */
function benchRules(): RuleGroup[] {
  return [
    {
      id: 'all',
      match: 'all',
      rules: Array.from({ length: 50 }, (_, i) => ({
        id: `rule${i}`,
        when: {
          all: [
            { field: 'source', op: 'eq', value: `campaign ${i}` },
            {
              any: [
                { field: 'hasPhone', op: 'eq', value: true },
                { field: 'tags', op: 'contains', value: 'vip' },
              ],
            },
          ],
        },
        do:
          i % 2 === 0
            ? { prefer: { regionIds: [`r${i % 20}`] }, factor: 1.2 }
            : { exclude: { locationIds: [`loc${i}`] } },
      })),
    },
  ]
}

export function benchLeads(count: number): Lead[] {
  const place = createPlaces(7)
  const draw = createDraw(11)
  return Array.from({ length: count }, (_, i) => ({
    leadId: `00000000-0000-8000-8000-${String(i).padStart(12, '0')}`,
    ...{
      tenant: 'bench',
      eventId: `e${i}`,
      attempt: 1,
      createdAt: '2026-06-10T14:59:59.000Z',
      intakeLocationId: 'funnel',
    },
    ...{ intakeContactId: `c${i}`, key: `funnel/c${i}`, request: newRequest },
    person: {
      ...{
        firstName: 'Dana',
        lastName: null,
        email: `d${i}@example.com`,
        phone: '+14045550100',
        address: null,
        city: null,
      },
      ...{
        state: null,
        postalCode: null,
        country: 'US',
        latitude: null,
        longitude: null,
        tags: ['funnel'],
        customFields: {},
      },
      source: `campaign ${Math.floor(draw() * 60)}`,
    },
    place: {
      ...{
        postalCode: null,
        plus4: null,
        state: null,
        country: 'US',
        repaired: false,
        precision: 'coordinates',
        errorM: 100,
      },
      ...{ cell: null, fault: null },
      ...place(),
    },
  }))
}
