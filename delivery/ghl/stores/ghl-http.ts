import { Agent, request } from 'undici'
import type { ApiVersions } from '../steps/api-versions.ts'
import { type Answer, faultFromAnswer } from '../steps/fault-from-answer.ts'
import { GhlFault } from '../steps/ghl-fault.ts'
import { type Operation, operations } from '../steps/operations.ts'
import { limitsLeft } from '../steps/rate-headers.ts'
import type { CallGate, Priority } from './call-gate.ts'

export type GhlCall = {
  operation: Operation
  /** For the braces of the operation's path. */
  params?: Record<string, string>
  query?: Record<string, string | number | boolean | undefined>
  json?: object
  form?: Record<string, string>
  token?: string
  /** Whose limit the call counts against. */
  bucket: string
  priority?: Priority
  /** Where the usual time would be too long. */
  timeoutMsMax?: number
  /** When the call has its turn, last of all before it leaves: it is not sent when this throws. */
  beforeSend?: () => Promise<void>
}

export type GhlHttp = { send: <T>(call: GhlCall) => Promise<T>; close: () => Promise<void> }

export type GhlHttpOptions = {
  apiUrl: string
  /** From sending to the last byte of the answer. */
  timeoutMs: number
  connectionsMax: number
  gate: CallGate
  /** Where they differ from those that the operations were built on. */
  versions?: ApiVersions
  /** Told of every call that was sent; status 0 when no answer came. */
  onAnswer: (operation: Operation, status: number) => void
}

const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/** Sends one call within its limit and time, and gives the JSON of a 2xx. @throws GhlFault for everything else. */
export function createGhlHttp(options: GhlHttpOptions): GhlHttp {
  const agent = new Agent({
    connections: options.connectionsMax,
    connect: { timeout: options.timeoutMs },
    maxResponseSize: ANSWER_BYTES_MAX,
  })
  return {
    send: async <T>(call: GhlCall): Promise<T> => {
      await options.gate.take(call.bucket, call.priority ?? 'fresh')
      await call.beforeSend?.()
      const answer = await exchange(agent, options, call)
      options.onAnswer(call.operation, answer.status)
      options.gate.answered(call.bucket, limitsLeft(answer.headers))
      if (answer.status >= 200 && answer.status < 300) return parse<T>(call.operation, answer.text)
      const fault = faultFromAnswer(call.operation, answer, Date.now())
      if (fault.restMs !== null) options.gate.rest(call.bucket, fault.restMs)
      throw fault
    },
    close: () => agent.close(),
  }
}

async function exchange(agent: Agent, options: GhlHttpOptions, call: GhlCall): Promise<Answer> {
  const { apiUrl, timeoutMs, onAnswer, versions } = options
  const url = urlOf(apiUrl, call)
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: operations[call.operation].method,
      headers: headersOf(call, versions?.[call.operation] ?? operations[call.operation].version),
      body: bodyOf(call),
      signal: AbortSignal.timeout(Math.min(timeoutMs, call.timeoutMsMax ?? timeoutMs)),
    })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  } catch (error) {
    onAnswer(call.operation, 0)
    throw new GhlFault({ operation: call.operation, status: 0, message: (error as Error).message })
  }
}

function urlOf(apiUrl: string, call: GhlCall): URL {
  const path = operations[call.operation].path.replace(/\{(\w+)\}/g, (_, name) => {
    const value = call.params?.[name]
    if (!value) throw new Error(`${call.operation} needs ${name}`)
    return encodeURIComponent(value)
  })
  const url = new URL(path, apiUrl)
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function headersOf(call: GhlCall, version: string): Record<string, string> {
  return {
    accept: 'application/json',
    version,
    ...(call.token ? { authorization: `Bearer ${call.token}` } : {}),
    ...(call.json ? { 'content-type': 'application/json' } : {}),
    ...(call.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
  }
}

function bodyOf(call: GhlCall): string | null {
  if (call.json) return JSON.stringify(call.json)
  return call.form ? new URLSearchParams(call.form).toString() : null
}

/** A 2xx with a body that is no JSON comes from something between us and GHL: worth another try. */
function parse<T>(operation: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new GhlFault({ operation, status: 502, message: 'the answer is not JSON' })
  }
}
