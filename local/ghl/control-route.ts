import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { generationOf } from './api/access.ts'
import type { CallCounts } from './api/call-counts.ts'
import type { Tokens } from './api/tokens.ts'
import { Faults } from './faults.ts'
import type { Installations } from './installations.ts'
import { Organisation, SubAccount } from './organisation.ts'
import type { Customers } from './people/customers.ts'
import type { TrafficRun } from './people/traffic.ts'
import { type Traffic, TrafficRequest } from './people/traffic-request.ts'
import { contactsTruth } from './record/contacts-truth.ts'
import type { Journal } from './record/journal.ts'
import { truthOf } from './record/truth.ts'
import type { Sender } from './webhooks/sender.ts'

export type ControlOptions = {
  journal: Journal
  sender: Sender
  installations: Installations
  customers: Customers
  traffic: TrafficRun
  counts: CallCounts
  tokens: Tokens
  setFaults: (faults: Faults) => void
}

const Settle = Type.Object({ timeScale: Type.Number({ minimum: 0, maximum: 10, default: 0 }) })
const Place = Type.Object({ locationId: Type.Optional(Type.String()) })
const Revoke = Type.Object({ id: Type.String() })
const ById = Type.Object({ locationId: Type.String() })
const Patch = Type.Partial(Type.Omit(SubAccount, ['id']), { additionalProperties: false })
const ContactsQuery = Type.Object({ locationId: Type.Optional(Type.String()) })
const TruthQuery = Type.Object({ full: Type.Optional(Type.String()) })

/** The hand on the simulator: what is no part of GHL stands under `/_sim`. */
export function controlRoute(options: ControlOptions): FastifyPluginCallbackTypebox {
  const { journal, sender, customers, traffic } = options
  const setScale = async (timeScale: number): Promise<void> => {
    await journal.commit([{ k: 'scale', timeScale }])
    customers.replan()
  }
  const settled = () => !traffic.running() && customers.pending() === 0 && sender.figures().unsettled === 0
  return (app, _options, done) => {
    app.put('/_sim/organisation', { schema: { body: Organisation } }, async ({ body }) => {
      await journal.commit([{ k: 'organisation', organisation: body }])
      return { locations: body.locations.length }
    })
    app.post('/_sim/traffic', { schema: { body: TrafficRequest } }, async ({ body }, reply) => {
      const fault = faultOf(options, body)
      if (fault) return reply.code(409).send({ statusCode: 409, message: fault })
      const { workflowUrl: url, workflowSecret: secret } = body
      if (url && secret) await journal.commit([{ k: 'workflow', url, secret }])
      await setScale(body.timeScale)
      traffic.start(body)
      return reply.code(202).send(trafficStatus(options))
    })
    app.delete('/_sim/traffic', async () => {
      traffic.stop()
      return trafficStatus(options)
    })
    app.get('/_sim/traffic', async () => trafficStatus(options))
    app.post('/_sim/settle', { schema: { body: Settle } }, async ({ body }, reply) => {
      await setScale(body.timeScale)
      sender.hurry()
      return reply.code(202).send({ settled: settled() })
    })
    app.get('/_sim/truth', { schema: { querystring: TruthQuery } }, async ({ query }) => {
      const { buckets, operations } = options.counts.figures()
      return { settled: settled(), ...truthOf(journal.state, query.full === '1'), buckets, operations }
    })
    // For whoever asks often: the truth grows with the leads and stops the simulator while it is counted.
    app.get('/_sim/calls', async () => options.counts.figures())
    app.put('/_sim/faults', { schema: { body: Faults } }, async ({ body }) => {
      options.setFaults(body)
      return body
    })
    app.register(organisationControls(options))
    done()
  }
}

/** What people of the agency do in GHL: suspend, revoke, install, throw out. And what GHL has of its contacts. */
function organisationControls({ journal, installations, tokens }: ControlOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get('/_sim/contacts', { schema: { querystring: ContactsQuery } }, async ({ query }) =>
      contactsTruth(journal.state, query.locationId),
    )
    app.post('/_sim/revoke', { schema: { body: Revoke } }, async ({ body: { id } }) => {
      const generation = (journal.state.generations.get(id) ?? 0) + 1
      await journal.commit([{ k: 'generation', id, generation }])
      return { id, generation }
    })
    app.patch('/_sim/locations/:locationId', { schema: { params: ById, body: Patch } }, async (request, reply) => {
      const before = journal.state.locations.get(request.params.locationId)
      if (!before) return reply.code(404).send({ statusCode: 404 })
      await journal.commit([{ k: 'location', location: { ...before, ...request.body } }])
      return journal.state.locations.get(before.id)
    })
    // As somebody makes one in the settings of a sub-account. It ends as all tokens here do, after a day.
    app.post('/_sim/locations/:locationId/private-token', { schema: { params: ById } }, async (request, reply) => {
      const { locationId } = request.params
      if (!journal.state.locations.has(locationId)) return reply.code(404).send({ statusCode: 404 })
      const generation = generationOf(journal.state, locationId)
      const token = tokens.issue({ authClass: 'Location', authClassId: locationId, jti: randomUUID(), generation })
      return { token }
    })
    // Without a sub-account: the agency as a whole.
    app.post('/_sim/install', async (request, reply) => {
      const { locationId = null } = placeOf(request.body)
      if (locationId === null) return installations.install(false)
      return (await installations.installInto(locationId)) ? {} : reply.code(404).send({ statusCode: 404 })
    })
    app.post('/_sim/uninstall', async (request, reply) => {
      const isDone = await installations.uninstall(placeOf(request.body).locationId ?? null)
      return isDone ? {} : reply.code(404).send({ statusCode: 404 })
    })
    done()
  }
}

function faultOf({ journal }: ControlOptions, request: Traffic): string | undefined {
  if (!journal.state.organisation?.locations.some(({ intake }) => intake))
    return 'no intake sub-account: PUT /_sim/organisation first'
  if (request.workflowShare > 0 && !(request.workflowUrl && request.workflowSecret)) {
    return 'workflowShare needs workflowUrl and workflowSecret'
  }
  return undefined
}

function trafficStatus({ journal, sender, customers, traffic }: ControlOptions) {
  const { counts, slots, leads } = journal.state
  const { sent, retries, inFlight, unsettled } = sender.figures()
  return {
    running: traffic.running(),
    slots,
    leads,
    sent,
    accepted: counts.accepted,
    duplicates: counts.duplicates,
    badSignature: counts.forged,
    unknown: counts.unknown,
    refused: counts.refused,
    abandoned: counts.abandoned,
    dropped: counts.dropped,
    retries,
    inFlight,
    pendingFates: customers.pending(),
    done: !traffic.running() && unsettled === 0,
  }
}

/** These two take no body, or one that names a sub-account. */
const placeOf = (body: unknown): Static<typeof Place> => (Value.Check(Place, body) ? body : {})
