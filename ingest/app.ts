import { randomUUID } from 'node:crypto'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance } from 'fastify'
import { opsRoutes } from '../kernel/ops-routes.ts'
import { createAcceptEvent } from './accept-event.ts'
import type { IngestDeps } from './ingest-deps.ts'
import { createOutcomes, type Outcomes } from './outcomes.ts'
import { type ProblemCode, sendProblem } from './problems.ts'
import { webhooksGhlRoute } from './webhooks-ghl-route.ts'
import { webhooksReconcileRoute } from './webhooks-reconcile-route.ts'
import { webhooksWorkflowRoute } from './webhooks-workflow-route.ts'

const bodyBytesMax = 1024 ** 2
/** A body that takes longer to arrive is a stuck or hostile sender. */
const REQUEST_TIMEOUT_MS = 10_000

const IDLE_CLOSE_INTERVAL_MS = 100
const PRESSURE_SAMPLE_MS = 2_000

/** The gateway as a plugin over its dependencies: tests drive it with `inject`. */
export async function buildApp(deps: IngestDeps): Promise<FastifyInstance> {
  const app = Fastify({
    // Fastify's own logger makes a child per request; outcomes and their sparse log say more for less.
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // While closing, 503 would be final for the platform: what still arrives is answered in full.
    return503OnClosing: false,
  })
  app.server.maxConnections = deps.connectionsMax
  const outcomes = createOutcomes(deps.metrics, deps.log, deps.clock)
  const accept = createAcceptEvent(deps)
  answerFaults(app, outcomes)
  closeIdleWhileClosing(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  opsRoutes(app, deps.metrics, deps.checks)
  // An own scope: health and metrics must answer also under pressure.
  await app.register(async (scope) => {
    await refuseUnderPressure(scope, deps.eventLoopDelayMsMax, outcomes)
    refuseUntilReady(scope, deps.known.ready, outcomes)
    readRawBodies(scope)
    webhooksGhlRoute(scope, deps, accept, outcomes)
    webhooksWorkflowRoute(scope, deps, accept, outcomes)
    webhooksReconcileRoute(scope, deps, accept, outcomes)
  })
  return app
}

const requestId = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()

/** Signatures are over the bytes, so no parser may touch them, whatever the content type says. */
function readRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))
  scope.addHook('onRequest', (request, _reply, done) => {
    // Fastify would refuse a malformed content type with 415 before the signature is looked at.
    request.raw.headers['content-type'] = 'application/octet-stream'
    done()
  })
}

async function refuseUnderPressure(scope: FastifyInstance, delayMsMax: number, outcomes: Outcomes): Promise<void> {
  await scope.register(underPressure, {
    maxEventLoopDelay: delayMsMax,
    // Longer than the lag that counts: one stall of a second is over when it is seen, and no reason to refuse the next.
    sampleInterval: PRESSURE_SAMPLE_MS,
    pressureHandler: (request, reply, type, value) => {
      outcomes.refused('other', 'OVERLOADED', request.id, `${type} ${value}`)
      sendProblem(reply, 'OVERLOADED')
    },
  })
}

/** What was in flight when closing began leaves its connection open behind it, which would hold the process for minutes. */
function closeIdleWhileClosing(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const timer = setInterval(() => app.server.closeIdleConnections(), IDLE_CLOSE_INTERVAL_MS)
    app.server.once('close', () => clearInterval(timer))
    done()
  })
}

/** Before the organisation was read every sub-account would be unknown, and its leads parked. */
function refuseUntilReady(scope: FastifyInstance, ready: () => boolean, outcomes: Outcomes): void {
  scope.addHook('onRequest', (request, reply, done) => {
    if (ready()) return done()
    outcomes.refused('other', 'NOT_READY', request.id)
    sendProblem(reply, 'NOT_READY')
  })
}

/** No fault may become a 5xx: the platform takes those as final and the webhook would be lost. */
function answerFaults(app: FastifyInstance, outcomes: Outcomes): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'NOT_FOUND'))
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const code = codeOf(error.statusCode)
    try {
      outcomes.refused('other', code, request.id, `${error.code ?? error.name}: ${error.message}`)
    } catch {
      // Thrown here it would end as Fastify's own 500.
    }
    return sendProblem(reply, code)
  })
}

function codeOf(status: number | undefined): ProblemCode {
  if (status === 413) return 'BODY_TOO_LARGE'
  return status !== undefined && status >= 400 && status < 500 ? 'BAD_REQUEST' : 'UNFORESEEN'
}
