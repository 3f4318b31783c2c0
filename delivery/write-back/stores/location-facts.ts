import type { Clock } from '../../../kernel/clock.ts'
import type { Workflow } from '../../ghl/steps/ghl-bodies.ts'
import type { GhlClient } from '../../ghl/stores/ghl-client.ts'
import { isRefusal } from '../steps/is-refusal.ts'
import { named } from '../steps/named.ts'
import type { NamedPipeline } from '../steps/pick-stage.ts'
import { createKept } from './kept.ts'

/** Makes a call with the sub-account's token. */
export type WithToken = <T>(call: (token: string) => Promise<T>) => Promise<T>

/** Whether the sub-account takes a second contact of a person, and a second opportunity of a contact. */
export type Duplicates = { contacts: boolean; opportunities: boolean }

/** What delivery must know of a sub-account's set-up. Ids differ in each: asked once, kept for a while. */
export type LocationFacts = {
  pipelines: (locationId: string, withToken: WithToken) => Promise<NamedPipeline[]>
  workflows: (locationId: string, withToken: WithToken) => Promise<Workflow[]>
  duplicates: (locationId: string, withToken: WithToken) => Promise<Duplicates>
  /** Id of the contact's text field of this name, made where it is missing; null: GHL does not let us. */
  leadIdField: (locationId: string, name: string, withToken: WithToken) => Promise<string | null>
  /** GHL refused what was built on these. */
  forgetPipelines: (locationId: string) => void
  forgetLeadIdField: (locationId: string, name: string) => void
}

const KEPT_MS = 10 * 60_000

export function createLocationFacts(ghl: GhlClient, clock: Clock): LocationFacts {
  const pipelines = createKept<NamedPipeline[]>(KEPT_MS, clock)
  const workflows = createKept<Workflow[]>(KEPT_MS, clock)
  const duplicates = createKept<Duplicates>(KEPT_MS, clock)
  const fields = createKept<string | null>(KEPT_MS, clock)
  return {
    pipelines: (locationId, withToken) =>
      pipelines.get(locationId, () => withToken((token) => readPipelines(ghl, token, locationId))),
    workflows: (locationId, withToken) =>
      workflows.get(locationId, () => withToken((token) => ghl.listWorkflows(token, locationId))),
    duplicates: (locationId, withToken) => duplicates.get(locationId, () => readDuplicates(ghl, withToken, locationId)),
    leadIdField: (locationId, name, withToken) =>
      fields.get(fieldKey(locationId, name), () => obtainField(ghl, withToken, locationId, name)),
    forgetPipelines: pipelines.forget,
    forgetLeadIdField: (locationId, name) => fields.forget(fieldKey(locationId, name)),
  }
}

const fieldKey = (locationId: string, name: string): string => `${locationId} ${name}`

async function readPipelines(ghl: GhlClient, token: string, locationId: string): Promise<NamedPipeline[]> {
  const pipelines = await ghl.listPipelines(token, locationId)
  return pipelines.map(({ id, name, stages }) => ({
    id,
    name: name ?? '',
    stages: (stages ?? []).map((stage) => ({ id: stage.id, name: stage.name ?? '', position: stage.position ?? 0 })),
  }))
}

/** Where GHL does not say, duplicates are taken for allowed: a search too many costs a call, one too few a duplicate. */
async function readDuplicates(ghl: GhlClient, withToken: WithToken, locationId: string): Promise<Duplicates> {
  const location = await unlessRefused(() => withToken((token) => ghl.getLocation(token, locationId)))
  return {
    contacts: location?.settings?.allowDuplicateContact ?? true,
    opportunities: location?.settings?.allowDuplicateOpportunity ?? true,
  }
}

async function obtainField(
  ghl: GhlClient,
  withToken: WithToken,
  locationId: string,
  name: string,
): Promise<string | null> {
  const find = async () => named(await withToken((token) => ghl.listCustomFields(token, locationId)), name)?.id
  const body = { name, dataType: 'TEXT', model: 'contact' } as const
  const make = async () => (await withToken((token) => ghl.createCustomField(token, locationId, body))).id
  const id = await unlessRefused(async () => (await find()) ?? make())
  // Another process may have been faster, and GHL may have made what it refused.
  return id ?? (await unlessRefused(find)) ?? null
}

/** Undefined where GHL refuses. A time-out says neither yes nor no, and is not taken for one: the lead is tried again. */
async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!isRefusal(error)) throw error
    return undefined
  }
}
