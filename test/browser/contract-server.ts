import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Conversion, LiveDecision } from '../../contracts/conversion.ts'

const root = fileURLToPath(new URL('../../dashboards/', import.meta.url))
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' }
/** As strict as a page's policy can be: what passes here embeds anywhere. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"

export interface ContractServer {
  url: string
  /** What `GET /v1/conversion` answers, and each new stream's first event. */
  figures: (by: 'location' | 'region') => Conversion
  /** What the other metrics answer. */
  others: Record<string, (by: 'location' | 'region') => { asOf: string }>
  refuseStream: boolean
  /** Streams open and say nothing more, as behind a proxy that holds them back. */
  holdStream: boolean
  /** Answers without a body, as nothing had changed. */
  unchanged: number
  down: boolean
  requests: string[]
  /** Sends the present figures to every open stream. */
  push(): void
  decide(decision: LiveDecision): void
  /** Ends every open stream. */
  drop(): void
  close(): Promise<void>
}

/** Speaks the read API's contract with the figures of one test, so that a test can say what changes and when. */
export async function contractServer(figures: ContractServer['figures']): Promise<ContractServer> {
  const streams = new Map<ServerResponse, 'location' | 'region'>()
  const server = createServer((request, response) => void answer(request, response, contract, streams))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const emit = (event: string, to: ServerResponse, body: unknown) =>
    to.write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`)
  const contract: ContractServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    figures,
    others: {},
    refuseStream: false,
    holdStream: false,
    unchanged: 0,
    down: false,
    requests: [],
    push: () => {
      if (contract.holdStream) return
      for (const [stream, by] of streams) emit('conversion', stream, contract.figures(by))
    },
    decide: (decision) => {
      for (const stream of streams.keys()) emit('decision', stream, decision)
    },
    drop: () => {
      for (const stream of streams.keys()) stream.end()
    },
    close: () => {
      contract.drop()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return contract
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  contract: ContractServer,
  streams: Map<ServerResponse, 'location' | 'region'>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const by = url.searchParams.get('by') === 'region' ? 'region' : 'location'
  contract.requests.push(url.pathname)
  if (url.pathname === '/page') return page(url, response)
  if (!url.pathname.startsWith('/v1/')) return file(url.pathname, response)
  if (contract.down) return reply(response, 503)
  if (url.searchParams.get('token') !== 'good') return reply(response, 401)
  const other = contract.others[url.pathname]
  if (other) return tagged(request, response, contract, other(by))
  if (url.pathname === '/v1/conversion') return tagged(request, response, contract, contract.figures(by))
  if (contract.refuseStream) return reply(response, 503)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(`event: conversion\ndata: ${JSON.stringify(contract.figures(by))}\n\n`)
  streams.set(response, by)
  response.on('close', () => streams.delete(response))
}

/** A customer's page: `/page?theme=dark&dir=rtl&token=good&…` holds one widget with these attributes. */
function page(url: URL, response: ServerResponse): void {
  const dir = url.searchParams.get('dir') ?? 'ltr'
  const attributes = [...url.searchParams].map(([name, value]) => `${name}="${value.replaceAll('"', '&quot;')}"`)
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
  response.end(`<!doctype html><html lang="en" dir="${dir}"><title>Customer page</title><main><h1>Our figures</h1>
<script async src="/widget/v1.js"></script><hexroute-conversion ${attributes.join(' ')}></hexroute-conversion></main></html>`)
}

async function file(path: string, response: ServerResponse): Promise<void> {
  const name = path === '/demo' ? '/demo/index.html' : path
  const text = await readFile(join(root, name)).catch(() => null)
  if (text === null) return reply(response, 404)
  const type = `${types[extname(name)] ?? 'text/plain'}; charset=utf-8`
  response.writeHead(200, { 'content-type': type, 'content-security-policy': `${policy}; img-src 'self'` })
  response.end(text)
}

/** As the API does: the tag is over all but the instant. */
function tagged(
  request: IncomingMessage,
  response: ServerResponse,
  contract: ContractServer,
  body: { asOf: string },
): void {
  const etag = `"${createHash('sha256')
    .update(JSON.stringify({ ...body, asOf: '' }))
    .digest('hex')}"`
  response.setHeader('etag', etag).setHeader('cache-control', 'private, max-age=1')
  if (request.headers['if-none-match'] === etag) {
    contract.unchanged += 1
    response.writeHead(304).end()
  } else reply(response, 200, body)
}

function reply(response: ServerResponse, status: number, body: unknown = { status }): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
