import type { Nats } from '../../kernel/nats.ts'
import type { Message } from '../steps/to-batch.ts'
import { openPull, type PullListener } from './pull-messages.ts'

export type BatchLimits = { rowsMax: number; bytesMax: number; lingerMs: number }

/** A batch waits longer for what is known to lie in the stream: a fifth of the inserts when the sink is behind. */
const LINGERS_BEHIND = 5

/** nats-server cuts off who has 64 MB before him, or takes ten seconds to read them: all streams together stay far below. */
const REQUEST_BYTES_MAX = 4 * 1024 ** 2

/**
 * Batches from `fromSeq` on, in stream order, until the signal. A batch ends when it is full, or when it is asked for and its
 * first message has waited `lingerMs`: while the one before is inserted the next one grows. `read` is called as messages
 * arrive, for the same reason. @throws when JetStream is away or a message was lost on the way: begin again.
 */
export async function* readBatches<T>(
  nats: Nats,
  {
    stream,
    fromSeq,
    limits,
    read,
  }: { stream: string; fromSeq: number; limits: BatchLimits; read: (message: Message) => T },
  signal: AbortSignal,
): AsyncGenerator<T[]> {
  const { rowsMax, bytesMax, lingerMs } = limits
  let arrived: T[] = []
  let state = { bytes: 0, firstMs: 0, waiting: 0, isFull: false }
  let fault: Error | undefined
  let wake = (): void => undefined

  const listener: PullListener = {
    message: (message, waiting) => {
      if (arrived.length === 0) state.firstMs = performance.now()
      arrived.push(read(message))
      state.bytes += message.bytes.length
      state.waiting = waiting
      if (arrived.length >= rowsMax || state.bytes >= bytesMax) state.isFull = true
      if (arrived.length === 1 || waiting === 0 || state.isFull) wake()
    },
    ended: (tooFew) => {
      if (tooFew !== null && arrived.length > 0) state.isFull = true
      if (tooFew === bytesMax) fault = new Error(`a message of ${stream} is larger than SINK_BYTES_MAX: raise it`)
      if (state.isFull || fault) wake()
      else request(tooFew === null ? REQUEST_BYTES_MAX : bytesMax)
    },
    failed: (error) => {
      fault = error
      wake()
    },
  }
  const pull = await openPull(nats, stream, fromSeq, listener)
  const request = (bytes = REQUEST_BYTES_MAX): void =>
    pull.request(rowsMax - arrived.length, Math.min(bytes, bytesMax - state.bytes))
  const waitMs = (): number => {
    if (arrived.length === 0) return Number.POSITIVE_INFINITY
    if (state.isFull) return 0
    return state.firstMs + lingerMs * (state.waiting > 0 ? LINGERS_BEHIND : 1) - performance.now()
  }
  const abort = (): void => wake()
  signal.addEventListener('abort', abort)
  try {
    request()
    while (!signal.aborted) {
      const ms = waitMs()
      if (fault) throw fault
      if (ms > 0) {
        await new Promise<void>((resolve) => {
          const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        continue
      }
      const batch = arrived
      arrived = []
      state = { bytes: 0, firstMs: 0, waiting: 0, isFull: false }
      request()
      yield batch
    }
  } finally {
    signal.removeEventListener('abort', abort)
    pull.close()
  }
}
