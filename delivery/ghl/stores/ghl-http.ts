import { Agent, request } from 'undici'
import { type Answer, faultFromAnswer } from '../steps/fault-from-answer.ts'
import { GhlFault } from '../steps/ghl-fault.ts'
import type { CallGate } from './call-gate.ts'

export type GhlCall = {
  /** Name of the operation in metrics and faults. */
  operation: string
  method: 'GET' | 'POST'
  path: string
  query?: Record<string, string>
  json?: object
  form?: Record<string, string>
  token?: string
  /** Whose limit the call counts against. */
  bucket: string
}

export type GhlHttp = { send: <T>(call: GhlCall) => Promise<T>; close: () => Promise<void> }

export type GhlHttpOptions = {
  apiUrl: string
  /** From sending to the last byte of the answer. */
  timeoutMs: number
  connectionsMax: number
  gate: CallGate
  /** Told of every call that was sent; status 0 when no answer came. */
  onAnswer: (operation: string, status: number) => void
}

const API_VERSION = '2021-07-28'
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
      await options.gate.take(call.bucket)
      const answer = await exchange(agent, options, call)
      options.onAnswer(call.operation, answer.status)
      if (answer.status >= 200 && answer.status < 300) return parse<T>(call.operation, answer.text)
      const fault = faultFromAnswer(call.operation, answer, Date.now())
      if (fault.restMs !== null) options.gate.rest(call.bucket, fault.restMs)
      throw fault
    },
    close: () => agent.close(),
  }
}

async function exchange(agent: Agent, { apiUrl, timeoutMs, onAnswer }: GhlHttpOptions, call: GhlCall): Promise<Answer> {
  const url = new URL(call.path, apiUrl)
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: call.method,
      headers: headersOf(call),
      body: bodyOf(call),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  } catch (error) {
    onAnswer(call.operation, 0)
    throw new GhlFault({ operation: call.operation, status: 0, message: (error as Error).message })
  }
}

function headersOf(call: GhlCall): Record<string, string> {
  return {
    accept: 'application/json',
    version: API_VERSION,
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
