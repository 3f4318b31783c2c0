import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Exchange = {
  method: string
  url: URL
  headers: Record<string, string | string[] | undefined>
  requestText: string
  status: number
  answerText: string
}
export type RecordingProxy = { url: string; exchanges: Exchange[]; close: () => Promise<void> }

/** Stands between a client and a server and keeps what both say, byte for byte as text. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = []
  const server = createServer(async (request, response) => {
    const requestText = await textOf(request)
    const url = new URL(request.url ?? '/', target)
    const { method = 'GET', headers } = request
    const { host: _, connection: _connection, 'content-length': _length, ...passed } = headers
    const answer = await fetch(url, {
      method,
      headers: passed as Record<string, string>,
      ...(requestText ? { body: requestText } : {}),
    })
    const answerText = await answer.text()
    exchanges.push({ method, url, headers, requestText, status: answer.status, answerText })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(answerText)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
