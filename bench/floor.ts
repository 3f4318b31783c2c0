import { createServer } from 'node:http'
import sodium from 'sodium-native'
import { streams } from '../contracts/streams.ts'
import { createAcknowledgedPublish } from '../kernel/acknowledged-publish.ts'
import { createLogger } from '../kernel/logger.ts'
import { connectNats, ensureStream, type Nats } from '../kernel/nats.ts'

/**
 * The least that a gateway can do: body -> verify -> publish -> await the acknowledgement, on bare node:http. No parsing,
 * no envelope, no bounds, no metrics. The message id is taken from the signature, so that JetStream does equal work.
 * `BENCH_PUBLISH=own` publishes in the gateway's way instead of the client library's.
 */
const key = Buffer.from(process.env.BENCH_PUBLIC_KEY_BASE64 ?? '', 'base64')
const nats = await connectNats(process.env.NATS_URL ?? '', 'floor', createLogger('floor', 'warn'))
await ensureStream(nats.manager, streams.events)
const publish = process.env.BENCH_PUBLISH === 'own' ? createAcknowledgedPublish(nats.connection, 5_000) : library(nats)

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    const body = Buffer.concat(chunks)
    const header = String(request.headers['x-ghl-signature'])
    if (!sodium.crypto_sign_verify_detached(Buffer.from(header, 'base64'), body, key)) {
      response.writeHead(401).end()
      return
    }
    const { duplicate } = await publish('events.bench.floor.ContactCreate', body, header.slice(0, 48))
    response.writeHead(202, { 'content-type': 'application/json' }).end(`{"duplicate":${duplicate}}`)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

function library({ jetstream }: Nats) {
  return (subject: string, body: Uint8Array, msgID: string) => jetstream.publish(subject, body, { msgID })
}
