import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'

export type Acknowledgement = { duplicate: boolean }
/** @throws when JetStream refused, nobody stores the subject, or no answer came in time. */
export type AcknowledgedPublish = (
  subject: string,
  message: Uint8Array | string,
  id: string,
) => Promise<Acknowledgement>

type Waiting = { resolve: (ack: Acknowledgement) => void; reject: (error: Error) => void; deadlineMs: number }

const SWEEP_INTERVAL_MS = 50

/**
 * JetStream's publish protocol: a message with a reply subject, answered by an acknowledgement or an error. The client's
 * own `publish` takes 61 microseconds of processor time, most of it for a timer and an error object per message; with one
 * subscription and one timer for all it is 22.
 */
export function createAcknowledgedPublish(connection: NatsConnection, timeoutMs: number): AcknowledgedPublish {
  const inbox = `${createInbox()}.`
  const waiting = new Map<string, Waiting>()
  let count = 0

  connection.subscribe(`${inbox}*`, {
    callback: (error, message) => {
      const token = message?.subject.slice(inbox.length)
      const waiter = waiting.get(token)
      if (!waiter) return
      waiting.delete(token)
      const outcome = error ?? readAcknowledgement(message)
      if (outcome instanceof Error) waiter.reject(outcome)
      else waiter.resolve(outcome)
    },
  })
  // In the order of their deadlines: the map keeps the order of insertion, and all wait equally long.
  const sweep = setInterval(() => {
    for (const [token, { reject, deadlineMs }] of waiting) {
      if (deadlineMs > performance.now()) return
      waiting.delete(token)
      reject(new Error(`no acknowledgement within ${timeoutMs} ms`))
    }
  }, SWEEP_INTERVAL_MS)
  sweep.unref()
  void connection.closed().then(() => clearInterval(sweep))

  return (subject, message, id) =>
    new Promise((resolve, reject) => {
      const token = (++count).toString(36)
      const header = headers()
      header.set('Nats-Msg-Id', id)
      connection.publish(subject, message, { reply: inbox + token, headers: header })
      waiting.set(token, { resolve, reject, deadlineMs: performance.now() + timeoutMs })
    })
}

/** `{stream, seq, duplicate?}` or `{error}`; an empty message with status 503 when no stream has the subject. */
function readAcknowledgement(message: Msg): Acknowledgement | Error {
  if (message.headers?.code === 503) return new Error('no stream stores this subject')
  try {
    const { stream, duplicate, error } = message.json<{
      stream?: string
      duplicate?: boolean
      error?: { description?: string }
    }>()
    if (error || !stream) return new Error(error?.description ?? 'the acknowledgement names no stream')
    return { duplicate: duplicate === true }
  } catch {
    return new Error('the acknowledgement is not readable')
  }
}
