import { setTimeout as pause } from 'node:timers/promises'
import { derivedSecret } from '../../../kernel/derived-secret.ts'
import type { WebhookBody } from '../steps/webhook-bodies.ts'

/** Posts a body to the gateway. @returns whether it was news. @throws FrontDoorFault */
export type FrontDoor = (body: WebhookBody) => Promise<{ duplicate: boolean }>

export class FrontDoorFault extends Error {
  readonly code: 'INGEST_AWAY' | 'INGEST_BUSY' | 'INGEST_SECRET' | 'INGEST_REFUSED'
  constructor(code: FrontDoorFault['code'], message: string) {
    super(message)
    this.name = 'FrontDoorFault'
    this.code = code
  }
}

export type FrontDoorOptions = { ingestUrl: string; secretKey: string; timeoutMs: number }

const TRIES_MAX = 6
const PAUSE_MS_MAX = 30_000

/** The gateway asks for patience with 429 and `Retry-After`; it is given, for a few minutes at most. */
export function createFrontDoor({ ingestUrl, secretKey, timeoutMs }: FrontDoorOptions): FrontDoor {
  const url = new URL('/webhooks/reconcile', ingestUrl)
  const headers = {
    'content-type': 'application/json',
    'x-hexroute-secret': derivedSecret(secretKey, 'reconcile'),
  }
  return async (body) => {
    for (let tries = 1; ; tries++) {
      const fault = await post(url, headers, body, timeoutMs)
      if (!(fault instanceof FrontDoorFault)) return fault
      if (!isPassing(fault) || tries === TRIES_MAX) throw fault
      await pause(Math.min(fault.retryAfterMs ?? 1_000 * 2 ** (tries - 1), PAUSE_MS_MAX))
    }
  }
}

class PassingFault extends FrontDoorFault {
  readonly retryAfterMs: number | null
  constructor(code: FrontDoorFault['code'], message: string, retryAfterMs: number | null) {
    super(code, message)
    this.retryAfterMs = retryAfterMs
  }
}
const isPassing = (fault: FrontDoorFault): fault is PassingFault => fault instanceof PassingFault

async function post(
  url: URL,
  headers: Record<string, string>,
  body: WebhookBody,
  timeoutMs: number,
): Promise<{ duplicate: boolean } | FrontDoorFault> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'error' })
    const text = await answer.text()
    if (answer.ok) return { duplicate: (JSON.parse(text) as { duplicate?: unknown }).duplicate === true }
    if (answer.status === 401 || answer.status === 404) {
      const message = 'ingest does not take what reconcile finds: it needs the same HEXROUTE_SECRET_KEY as delivery'
      return new FrontDoorFault('INGEST_SECRET', message)
    }
    if (answer.status === 429 || answer.status >= 500) {
      const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
      return new PassingFault('INGEST_BUSY', `ingest answers ${answer.status}`, seconds > 0 ? seconds * 1_000 : null)
    }
    return new FrontDoorFault('INGEST_REFUSED', `ingest answers ${answer.status}: ${text.slice(0, 200)}`)
  } catch (error) {
    return new PassingFault('INGEST_AWAY', `ingest does not answer: ${(error as Error).message}`, null)
  }
}
