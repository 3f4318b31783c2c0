import { newRequest } from '../contracts/decision.ts'
import type { Person } from '../contracts/event.ts'
import type { RouterReply, RouterRequest } from '../contracts/router-request.ts'
import type { PublishedRuleset } from '../contracts/ruleset.ts'
import { prepareCase } from '../decide/case.ts'
import { counterKeysOf } from '../decide/case-counters.ts'
import type { CompiledRuleset } from '../decide/compile-ruleset.ts'
import { decideCase } from '../decide/decide.ts'
import { type Gazetteer, locateLead } from '../decide/geography/locate-lead.ts'
import type { Lead } from '../decide/lead.ts'
import { type Clock, iso } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import { compileInSlices } from './compile-in-slices.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import { snapshotOf } from './snapshot-of.ts'
import { seedOf } from './steps/seed-of.ts'
import type { Capacity } from './stores/capacity.ts'

export type PreviewDeps = {
  organisation: LiveOrganisation
  capacity: Capacity
  /** A ruleset of any state, by its id. */
  readRuleset: (tenant: string, id: string) => Promise<PublishedRuleset | null>
  waiting: (tenant: string) => Record<string, number>
  gazetteer: Gazetteer
  clock: Clock
}

type PreviewRequest = Extract<RouterRequest, { kind: 'preview' }>
export type Preview = (request: PreviewRequest) => Promise<RouterReply>

const nobody: Person = {
  ...{ firstName: null, lastName: null, email: null, phone: null, address: null, city: null, state: null },
  ...{ postalCode: null, country: null, latitude: null, longitude: null, source: null, tags: [], customFields: {} },
}

/** What would happen to this lead now: the same function on the live counters; nothing is reserved, stored or sent. */
export function createPreview(deps: PreviewDeps): Preview {
  return async (request) => {
    const ruleset = await rulesetOf(deps, request)
    if (!ruleset)
      return { kind: 'refused', code: 'NOT_FOUND', message: 'There is no ruleset with this id.', takenBy: null }
    const nowMs = request.at === null ? deps.clock() : Date.parse(request.at)
    const lead = toPreviewLead(request, nowMs, deps.gazetteer)
    const prepared = prepareCase(lead, ruleset, { sticky: null, engagement: [] }, nowMs)
    const counters = await deps.capacity.read([...new Set(counterKeysOf(prepared))])
    return { kind: 'preview', decision: decideCase(prepared, snapshotOf(deps, prepared, counters), seedOf(lead)) }
  }
}

async function rulesetOf(deps: PreviewDeps, { tenant, rulesetId }: PreviewRequest): Promise<CompiledRuleset | null> {
  if (rulesetId === null) return deps.organisation.ruleset(tenant)
  const draft = await deps.readRuleset(tenant, rulesetId)
  return draft && compileInSlices(draft)
}

function toPreviewLead(request: PreviewRequest, nowMs: number, gazetteer: Gazetteer): Lead {
  const person: Person = { ...nobody, ...request.person }
  const key = `preview/${JSON.stringify(request.person)}`
  return {
    leadId: derivedUuid('preview', request.tenant, key),
    tenant: request.tenant,
    eventId: derivedUuid('preview-event', request.tenant, key),
    attempt: 1,
    createdAt: iso(nowMs),
    intakeLocationId: request.intakeLocationId ?? 'preview',
    intakeContactId: null,
    key,
    person,
    place: locateLead(person, gazetteer),
    request: newRequest,
  }
}
