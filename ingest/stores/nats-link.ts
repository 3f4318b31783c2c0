import type { Nats } from '../../kernel/nats.ts'

export type NatsLink = {
  up: () => boolean
  /** Called after every reconnect, until the connection is closed. */
  onReconnect: (listener: () => void) => void
}

/** Whether the connection stands: a client that is asked to publish while it is down would queue and wait. */
export function watchNatsLink(nats: Nats): NatsLink {
  let up = !nats.connection.isClosed()
  const listeners: (() => void)[] = []
  void (async () => {
    for await (const { type } of nats.connection.status()) {
      if (type === 'disconnect' || type === 'close') up = false
      if (type !== 'reconnect') continue
      up = true
      for (const listener of listeners) listener()
    }
    up = false
  })()
  return { up: () => up, onReconnect: (listener) => listeners.push(listener) }
}
