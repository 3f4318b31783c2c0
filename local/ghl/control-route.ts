import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import { refreshTokenOf } from './api/oauth-route.ts'
import { Organisation } from './organisation.ts'
import type { Customers } from './people/customers.ts'
import type { TrafficRun } from './people/traffic.ts'
import { type Traffic, TrafficRequest } from './people/traffic-request.ts'
import type { Journal } from './record/journal.ts'
import { truthOf } from './record/truth.ts'
import { hookOf, type Sending } from './webhooks/bodies.ts'
import type { Sender } from './webhooks/sender.ts'

export const Faults = Type.Object(
  {
    rate500: Type.Number({ minimum: 0, maximum: 1, default: 0 }),
    latencyMs: Type.Number({ minimum: 0, maximum: 60_000, default: 0 }),
    dropWebhookShare: Type.Number({ minimum: 0, maximum: 1, default: 0 }),
  },
  { additionalProperties: false },
)
export type Faults = Static<typeof Faults>

export type ControlOptions = {
  journal: Journal
  sender: Sender
  sending: Sending
  customers: Customers
  traffic: TrafficRun
  setFaults: (faults: Faults) => void
}

const Settle = Type.Object({ timeScale: Type.Number({ minimum: 0, maximum: 10, default: 0 }) })
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
      return { settled: settled(), ...truthOf(journal.state, query.full === '1') }
    })
    app.put('/_sim/faults', { schema: { body: Faults } }, async ({ body }) => {
      options.setFaults(body)
      return body
    })
    app.post('/_sim/install', async () => install(options))
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

/** Somebody installs the app again by hand: the old refresh token is void, an INSTALL webhook goes out. */
async function install({ journal, sender, sending }: ControlOptions): Promise<{ refreshToken: string }> {
  const uses = (journal.state.refresh?.uses ?? 0) + 1
  const refreshToken = refreshTokenOf(sending.seed, uses)
  const { companyId, name } = journal.state.organisation ?? {}
  const about = { type: 'INSTALL', locationId: '', kind: 'fate', key: `${uses}` } as const
  const hook = hookOf(sending, about, { installType: 'Company', locationId: undefined, companyId, companyName: name })
  await sender.emit([{ k: 'refresh', token: refreshToken, uses }], [hook])
  return { refreshToken }
}
