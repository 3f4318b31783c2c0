import { Agent, request } from 'undici'
import type { Change } from '../record/apply.ts'
import type { Journal } from '../record/journal.ts'
import type { Hook, Verdict } from '../record/state.ts'
import { backOffMs, retryAfterMs, triesMax } from './retry.ts'
import type { Signer } from './signer.ts'

export type WorkflowTarget = { url: string; secret: string }
export type Sender = {
  /** Journals the changes and the webhooks that tell of them in one line, then sends. */
  emit: (changes: Change[], hooks: Hook[]) => Promise<void>
  /** Takes up what an earlier run left unacknowledged. */
  resume: () => void
  /** Sends at once what waits for its next try. */
  hurry: () => void
  figures: () => { sent: number; retries: number; inFlight: number; unsettled: number }
  close: () => Promise<void>
}

export type SenderOptions = {
  journal: Journal
  url: string
  sign: Signer
  workflow: () => WorkflowTarget | undefined
  dropShare: () => number
  connections: number
}

type Errand = { hook: Hook; tries: number; again: boolean }

const TIMEOUT_MS = 10_000
/** A customer's second click, a resend by hand: a duplicate follows its original by this much. */
const AGAIN_AFTER_MS = 300

/** Sends webhooks in parallel over kept connections and repeats each until a 2xx or until GHL would give up. */
export function createSender(options: SenderOptions): Sender {
  const { journal } = options
  const agent = new Agent({ connections: options.connections, pipelining: 1, bodyTimeout: TIMEOUT_MS })
  const ready: Errand[] = []
  const waiting = new Map<Errand, NodeJS.Timeout>()
  const figures = { sent: 0, retries: 0, inFlight: 0, again: 0 }
  let closed = false

  const later = (errand: Errand, ms: number): void => {
    if (ms <= 0) return void ready.push(errand)
    const timer = setTimeout(() => {
      waiting.delete(errand)
      ready.push(errand)
      pump()
    }, ms)
    waiting.set(errand, timer)
  }

  const pump = (): void => {
    while (!closed && figures.inFlight < options.connections) {
      const errand = ready.shift()
      if (!errand) return
      figures.inFlight += 1
      void attempt(errand).finally(() => {
        figures.inFlight -= 1
        pump()
      })
    }
  }

  const attempt = async (errand: Errand): Promise<void> => {
    errand.tries += 1
    figures.sent += 1
    if (errand.tries > 1) figures.retries += 1
    const answer = await post(options, agent, errand.hook)
    if (closed) return
    const verdict = judge(errand, answer.status)
    if (verdict) await settle(errand, verdict)
    else later(errand, Math.max(answer.retryAfterMs, backOffMs(errand.tries, journal.state.timeScale)))
  }

  const settle = async (errand: Errand, verdict: Verdict): Promise<void> => {
    const { hook } = errand
    if (errand.again) {
      figures.again -= 1
      if (verdict === 'accepted') await journal.commit([{ k: 'again', webhookId: hook.webhookId }])
      return
    }
    if (verdict === 'accepted' && hook.duplicate) {
      figures.again += 1
      later({ hook, tries: 0, again: true }, AGAIN_AFTER_MS)
    }
    await journal.commit([{ k: 'verdict', webhookId: hook.webhookId, verdict }])
  }

  const submit = (hooks: Iterable<Hook>): void => {
    for (const hook of hooks) later({ hook, tries: 0, again: false }, hook.heldMs ?? 0)
    pump()
  }

  return {
    emit: async (changes, hooks) => {
      const [kept, dropped] = sift(hooks, options.dropShare())
      await journal.commit([
        ...changes,
        ...hooks.map((hook) => ({ k: 'hook', hook }) as const),
        ...dropped.map(({ webhookId }) => ({ k: 'verdict', webhookId, verdict: 'dropped' }) as const),
      ])
      submit(kept)
    },
    resume: () => submit([...journal.state.pending.values()]),
    hurry: () => {
      for (const [errand, timer] of waiting) {
        clearTimeout(timer)
        ready.push(errand)
      }
      waiting.clear()
      pump()
    },
    figures: () => ({
      sent: figures.sent,
      retries: figures.retries,
      inFlight: figures.inFlight,
      unsettled: journal.state.pending.size + figures.again,
    }),
    close: async () => {
      closed = true
      for (const timer of waiting.values()) clearTimeout(timer)
      await agent.destroy()
    },
  }
}

function sift(hooks: Hook[], dropShare: number): [Hook[], Hook[]] {
  if (dropShare === 0) return [hooks, []]
  const kept: Hook[] = []
  const dropped: Hook[] = []
  for (const hook of hooks) (Math.random() < dropShare ? dropped : kept).push(hook)
  return [kept, dropped]
}

async function post(
  options: SenderOptions,
  agent: Agent,
  hook: Hook,
): Promise<{ status: number; retryAfterMs: number }> {
  const target = hook.kind === 'workflow' ? options.workflow() : undefined
  const signed = options.sign(hook)
  try {
    const response = await request(target?.url ?? options.url, {
      method: 'POST',
      dispatcher: agent,
      headersTimeout: TIMEOUT_MS,
      body: signed.body,
      headers: target ? { ...workflowHeaders, 'x-hexroute-secret': target.secret } : signed.headers,
    })
    await response.body.dump()
    return { status: response.statusCode, retryAfterMs: retryAfterMs(response.headers['retry-after']) }
  } catch {
    return { status: 0, retryAfterMs: 0 }
  }
}

const workflowHeaders = { 'content-type': 'application/json', 'user-agent': 'axios/1.13.2' }

/** Undefined: try again. A forger takes 4xx for an answer, a workflow action never asks twice. */
function judge({ hook, tries }: Errand, status: number): Verdict | undefined {
  if (status >= 200 && status < 300) return 'accepted'
  const refused = status >= 400 && status < 500 && status !== 429
  if (refused && hook.kind === 'forged') return 'refused'
  if (tries < triesMax && hook.kind !== 'workflow') return undefined
  return refused ? 'refused' : 'abandoned'
}
