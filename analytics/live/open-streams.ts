import type { ServerResponse } from 'node:http'

type Stream = { raw: ServerResponse; isAllowed: () => Promise<boolean>; beatAtMs: number }

/** Proxies cut what is silent for a minute, some at 30 s. */
const HEARTBEAT_EVERY_MS = 15_000
const LOOK_EVERY_MS = 1_000
/** A reader this far behind is gone or hopeless; it may come again with its last id. */
const BEHIND_BYTES_MAX = 256 * 1024
const alive = Buffer.from(': alive\n\n')

/** The open connections: one timer beats for all of them and ends those whose key was revoked. */
export function createOpenStreams(onDropped: () => void) {
  const streams = new Set<Stream>()
  let timer: NodeJS.Timeout | undefined

  const send = (raw: ServerResponse, events: Buffer): void => {
    if (raw.destroyed) return
    raw.write(events)
    if (raw.writableLength <= BEHIND_BYTES_MAX) return
    onDropped()
    raw.destroy()
  }

  function beat(): void {
    const now = Date.now()
    for (const stream of streams) {
      if (stream.beatAtMs > now) continue
      stream.beatAtMs = now + HEARTBEAT_EVERY_MS
      send(stream.raw, alive)
      void stream.isAllowed().then((allowed) => allowed || stream.raw.end())
    }
  }

  return {
    send,
    /** Until it closes. @param isAllowed asked with each heartbeat; never rejects */
    add: (raw: ServerResponse, isAllowed: () => Promise<boolean>, onClose: () => void): void => {
      const stream = { raw, isAllowed, beatAtMs: Date.now() + HEARTBEAT_EVERY_MS }
      streams.add(stream)
      timer ??= setInterval(beat, LOOK_EVERY_MS)
      raw.once('close', () => {
        streams.delete(stream)
        if (streams.size === 0) {
          clearInterval(timer)
          timer = undefined
        }
        onClose()
      })
    },
  }
}
