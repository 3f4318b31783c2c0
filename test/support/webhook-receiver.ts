import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type Received = { path: string; headers: IncomingHttpHeaders; raw: Buffer; body: Record<string, unknown> }
export type Receiver = {
  url: string
  received: Received[]
  /** Decides the answer of each request from now on, `never` leaves it open; 200 unless set. */
  answer: (
    decide: (request: Received) => number | 'never' | { status: number; headers: Record<string, string> },
  ) => void
  /** Resolves with the requests once the condition holds; throws with their number at the deadline. */
  until: (condition: (received: Received[]) => boolean, withinMs?: number) => Promise<Received[]>
  close: () => Promise<void>
}

/** An HTTP server that keeps the raw bytes of what it gets, as a stand-in for the gateway in tests of the sending side. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let decide: Parameters<Receiver['answer']>[0] = () => 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const body = JSON.parse(raw.toString()) as Record<string, unknown>
      const one = { path: request.url ?? '', headers: request.headers, raw, body }
      received.push(one)
      const answer = decide(one)
      if (answer === 'never') return
      if (typeof answer === 'number') response.writeHead(answer).end('{}')
      else response.writeHead(answer.status, answer.headers).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (next) => {
      decide = next
    },
    until: async (condition, withinMs = 15_000) => {
      const deadline = Date.now() + withinMs
      while (!condition(received)) {
        if (Date.now() > deadline) throw new Error(`condition not met in ${withinMs} ms, ${received.length} received`)
        await delay(20)
      }
      return received
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
