import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Decision, DecisionRequest, newRequest } from '../../contracts/decision.ts'
import { RulesetDocument, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'
import type { Snapshot } from '../../contracts/snapshot.ts'
import { prepareCase } from '../../decide/case.ts'
import { countersSeen } from '../../decide/case-counters.ts'
import { type CompiledRuleset, compileRuleset } from '../../decide/compile-ruleset.ts'
import { decide } from '../../decide/decide.ts'
import { createGazetteer } from '../../decide/geography/gazetteer.ts'
import { locateLead } from '../../decide/geography/locate-lead.ts'
import type { Lead } from '../../decide/lead.ts'
import { placeLead } from '../../decide/place-lead.ts'
import { walkFor } from '../../decide/walk.ts'
import { aLead, aPerson } from './decide-builders.ts'

const closed = { additionalProperties: false }
const Enquiry = Type.Object(
  {
    name: Type.String(),
    at: Type.String(),
    /** So many of them, one after another; each counts before the next comes. */
    times: Type.Optional(Type.Integer({ minimum: 1 })),
    person: Type.Record(Type.String(), Type.Unknown()),
    attempt: Type.Optional(Type.Integer()),
    request: Type.Optional(Type.Partial(DecisionRequest)),
    statuses: Type.Optional(Type.Record(Type.String(), Type.Enum(['paused', 'inactive']))),
    /** Of each of them; `why` is the last one's. */
    expect: Type.Object(
      {
        outcome: Type.Optional(Type.String()),
        locationId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        userId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        tier: Type.Optional(Type.String()),
        fallback: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        until: Type.Optional(Type.String()),
        silent: Type.Optional(Type.Boolean()),
        flags: Type.Optional(Type.Array(Type.String())),
        /** Location or user -> how many of `times`. */
        shares: Type.Optional(Type.Record(Type.String(), Type.Integer())),
        why: Type.String(),
      },
      closed,
    ),
  },
  closed,
)
/** One of `docs/setups/`: an organisation, its ruleset, and leads that come one after another. */
export const Setup = Type.Object(
  {
    title: Type.String(),
    locations: Type.Array(RulesetLocation),
    users: Type.Array(RulesetUser),
    ruleset: RulesetDocument,
    leads: Type.Array(Enquiry, { minItems: 1 }),
  },
  closed,
)
export type Setup = Static<typeof Setup>
export type Enquiry = Static<typeof Enquiry>

const shape = Compile(Setup)
const gazetteer = createGazetteer()

/** @throws Error that names every path at which a text is no set-up. */
export function readSetup(text: string): Setup {
  const setup: unknown = JSON.parse(text)
  if (shape.Check(setup)) return setup
  throw new Error(
    shape
      .Errors(setup)
      .map(({ instancePath, message }) => `${instancePath} ${message}`)
      .join('\n'),
  )
}

/** Decides the leads in their order, on counters that count as the reservation does. */
export function runSetup({ ruleset: document, locations, users, leads }: Setup): Decision[][] {
  const ruleset = compileRuleset({ hash: 'setup', document, locations, users })
  const used = new Map<string, number>()
  return leads.map((enquiry, i) =>
    Array.from({ length: enquiry.times ?? 1 }, (_, n) => decideOne(enquiry, `${i}-${n}`, ruleset, used)),
  )
}

function decideOne(enquiry: Enquiry, id: string, ruleset: CompiledRuleset, used: Map<string, number>): Decision {
  const { at, attempt = 1, request, statuses = {} } = enquiry
  const nowMs = Date.parse(at)
  const person = aPerson({ source: null, ...enquiry.person })
  const lead: Lead = aLead({
    leadId: `lead-${id}`,
    tenant: ruleset.tenant,
    createdAt: request?.heldSince ?? new Date(nowMs).toISOString(),
    attempt,
    person,
    place: locateLead(person, gazetteer),
    request: { ...newRequest, ...request },
  })
  const c = prepareCase(lead, ruleset, { sticky: null, engagement: [] }, nowMs)
  const counters = countersSeen(c, (key) => used.get(key) ?? 0)
  const snapshot: Snapshot = { counters, statuses, refused: {}, sticky: null, waiting: {}, engagement: [] }
  const decision = decide(lead, ruleset, snapshot, nowMs, id)
  const [stop] = walkFor(c, placeLead(c, snapshot, id))
  for (const { key, amount } of stop?.counters ?? []) used.set(key, (used.get(key) ?? 0) + amount)
  return decision
}
