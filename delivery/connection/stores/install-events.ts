import { Compile } from 'typebox/compile'
import { Event } from '../../../contracts/event.ts'
import { streams } from '../../../contracts/streams.ts'
import { type Consumption, consumeBatches, type Message } from '../../../kernel/consume-batches.ts'
import type { Logger } from '../../../kernel/logger.ts'
import type { Nats } from '../../../kernel/nats.ts'
import { type InstallChange, readInstall } from '../steps/read-install.ts'

const eventSchema = Compile(Event)

/** nats-server of Debian 12 knows one filter a consumer. The order between the two does not matter. */
const durables = { INSTALL: 'delivery-installs', UNINSTALL: 'delivery-uninstalls' } as const

/** Feeds the installations of the app, also those of agencies that nobody knows yet, which the gateway has parked. */
export async function consumeInstalls(
  nats: Nats,
  log: Logger,
  record: (change: InstallChange) => Promise<void>,
): Promise<Consumption> {
  const one = async (message: Message): Promise<void> => {
    const change = read(message.data)
    if (change === 'malformed') log.error({ subject: message.subject, sequence: message.seq }, 'install is no event')
    else if (change !== null) await record(change)
    message.ack()
  }
  const consumptions = await Promise.all(
    Object.entries(durables).map(([type, durable]) =>
      consumeBatches(nats, {
        stream: streams.events.name,
        durable,
        filterSubject: `events.*.*.${type}`,
        batchRowsMax: 64,
        ackWaitMs: 30_000,
        ackPendingMax: 1_000,
        log,
        handle: async (messages) => {
          for (const message of messages) await one(message)
        },
      }),
    ),
  )
  return { stop: async () => void (await Promise.all(consumptions.map((consumption) => consumption.stop()))) }
}

function read(bytes: Uint8Array): InstallChange | null | 'malformed' {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
    return eventSchema.Check(value) ? readInstall(value) : 'malformed'
  } catch {
    return 'malformed'
  }
}
