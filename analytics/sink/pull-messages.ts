import { AckPolicy, type ConsumerInfo, DeliverPolicy } from '@nats-io/jetstream'
import { createInbox, type MsgHdrs, nanos } from '@nats-io/transport-node'
import type { Nats } from '../../kernel/nats.ts'
import type { Message } from '../steps/to-batch.ts'

export type Pull = {
  /** Asks for so many more, in so many bytes; a request that is open is left to its end. */
  request: (messages: number, bytes: number) => void
  close: () => void
}
export type PullListener = {
  /** `waiting`: how many the stream has behind this one. */
  message: (message: Message, waiting: number) => void
  /** A request has got all it will get. `tooFew`: its bytes, when they were too few for the first message; else null. */
  ended: (tooFew: number | null) => void
  /** Once; nothing comes after it. */
  failed: (error: Error) => void
}

const EXPIRES_MS = 5_000
/** nats-server 2.9 does not always say that a request has expired while messages come: by then it has, and the next is made. */
const OVER_AFTER_MS = EXPIRES_MS + 100
const LOOK_EVERY_MS = 100
/** A sink that is held back asks for nothing; its consumer is made anew when it comes again. */
const INACTIVE_MS = 60_000
const noMore = new Set([404, 408])

/**
 * Messages of a stream in its order, from `fromSeq` on, as many as are asked for. Nothing is acknowledged: who wants to go on
 * elsewhere, or has lost one, opens another. The client's own `consume` with a limit of bytes has at most a hundred
 * messages under way, and a request for each 25: 60 us a message in both processes, and batches of a tenth of their size.
 */
export async function openPull(nats: Nats, stream: string, fromSeq: number, to: PullListener): Promise<Pull> {
  const inbox = createInbox()
  const link = linkOf(nats)
  const isoOf = createIsoOf()
  const consumer = await addConsumer(nats, stream, fromSeq)
  let open: { messages: number; bytes: number; isUntouched: boolean; sinceMs: number } | null = null
  let delivered = 0
  let isClosed = false

  const subscription = nats.connection.subscribe(inbox, {
    callback: (error, answer) => {
      if (isClosed) return
      if (error) return fail(error)
      if (answer.headers?.code && answer.data.length === 0) return hearEnd(readEnd(answer.headers))
      const place = readPlace(answer.reply ?? '')
      if (place.delivered !== ++delivered) return fail(new Error(`messages before ${place.seq} were lost on the way`))
      const isLast = open !== null && --open.messages === 0
      if (open) open.isUntouched = false
      if (isLast) open = null
      to.message({ seq: place.seq, at: isoOf(place.ms), subject: answer.subject, bytes: answer.data }, place.waiting)
      if (isLast) to.ended(null)
    },
  })
  const watch = setInterval(() => {
    // What was under way when the connection broke is gone, without a message behind it that would show the gap.
    if (linkOf(nats) !== link) return fail(new Error('the connection to NATS was lost in between'))
    if (open && performance.now() - open.sinceMs > OVER_AFTER_MS) hearEnd('over')
  }, LOOK_EVERY_MS)

  function hearEnd(end: End): void {
    const tooFew = end === 'full' && open?.isUntouched ? open.bytes : null
    open = null
    if (end instanceof Error) fail(end)
    else to.ended(tooFew)
  }

  function fail(error: Error): void {
    if (isClosed) return
    close()
    to.failed(error)
  }

  function close(): void {
    isClosed = true
    clearInterval(watch)
    subscription.unsubscribe()
    // Not awaited: with NATS away it has no answer, and the server forgets the consumer by itself.
    nats.manager.consumers.delete(stream, consumer.name).catch(() => undefined)
  }

  return {
    request: (messages, bytes) => {
      if (isClosed || open) return
      open = { messages, bytes, isUntouched: true, sinceMs: performance.now() }
      const text = JSON.stringify({ batch: messages, max_bytes: bytes, expires: nanos(EXPIRES_MS) })
      nats.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer.name}`, text, { reply: inbox })
    },
    close,
  }
}

const addConsumer = ({ manager }: Nats, stream: string, fromSeq: number): Promise<ConsumerInfo> =>
  manager.consumers.add(stream, {
    ...{ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: fromSeq, ack_policy: AckPolicy.None },
    ...{ mem_storage: true, num_replicas: 1, inactive_threshold: nanos(INACTIVE_MS) },
  })

/** How a request ended. `full`: the next message is larger than what is left of the bytes. `over`: in time, or at the stream's end. */
type End = 'full' | 'over' | Error

function readEnd({ code, description }: MsgHdrs): End {
  if (code === 409 && /exceeds maxbytes/i.test(description)) return 'full'
  return noMore.has(code) ? 'over' : new Error(`JetStream ended the request: ${code} ${description}`)
}

/** Another one after a reconnect. */
const linkOf = ({ connection: { info } }: Nats): string => `${info?.server_id}:${info?.client_id}`

/**
 * `$JS.ACK.<stream>.<consumer>.<times>.<seq>.<delivered>.<nanoseconds>.<waiting>`, of newer servers with domain and account
 * behind the second word and a random one at the end. Source: NATS ADR-15.
 */
function readPlace(reply: string): { seq: number; delivered: number; ms: number; waiting: number } {
  const words = reply.split('.')
  const n = words.length === 9 ? 5 : 7
  return {
    seq: Number(words[n]),
    delivered: Number(words[n + 1]),
    ms: Number(words[n + 2]!.slice(0, -6)),
    waiting: Number(words[n + 3]),
  }
}

/** Messages that come fast have the same millisecond. */
function createIsoOf(): (ms: number) => string {
  let last = { ms: Number.NaN, iso: '' }
  return (ms) => {
    if (ms !== last.ms) last = { ms, iso: new Date(ms).toISOString() }
    return last.iso
  }
}
