import { GhlFault } from './ghl-fault.ts'
import { restMs } from './rate-headers.ts'

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }

/** GHL's error bodies are of several shapes, and a proxy in between answers HTML: none of them may throw here. */
export function faultFromAnswer(operation: string, answer: Answer, nowMs: number): GhlFault {
  const body = parse(answer.text)
  return new GhlFault({
    operation,
    status: answer.status,
    message: messageOf(body) ?? answer.text.slice(0, 200),
    code: textOf(body.code) ?? textOf(body.error),
    meta: recordOf(body.meta),
    traceId: textOf(body.traceId),
    restMs: answer.status === 429 ? restMs(answer.headers, nowMs) : null,
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return {}
  }
}

/** A string, or in validation answers a list of strings. */
function messageOf(body: Record<string, unknown>): string | null {
  const message = body.message ?? body.error_description
  return Array.isArray(message) ? message.map(String).join('; ') : textOf(message)
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
