import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type LiveClients = Awaited<ReturnType<typeof connectClients>>

const AT_ONCE = 50

/** Open event streams that note when each decision or figure reached them: bare sockets, so that they cost little. */
export async function connectClients(url: string, count: number, pathOf: (n: number) => string) {
  const { hostname, port } = new URL(url)
  const seen: { mark: string; atMs: number }[] = []
  let isListening = false
  const note = (chunk: Buffer): void => {
    if (!isListening) return
    const atMs = performance.now()
    for (const [, lead, total] of chunk.toString('latin1').matchAll(marks)) seen.push({ mark: lead ?? total!, atMs })
  }
  const open = async (n: number): Promise<Socket> => {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(`GET ${pathOf(n)} HTTP/1.1\r\nhost: bench\r\n\r\n`)
    const [head] = (await once(socket, 'data')) as [Buffer]
    if (!head.toString('latin1').startsWith('HTTP/1.1 200'))
      throw new Error(`refused: ${head.toString().slice(0, 300)}`)
    socket.on('data', note)
    return socket
  }
  const sockets: Socket[] = []
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, m) => open(n + m))
    sockets.push(...(await Promise.all(some)))
  }
  return {
    listen: () => {
      isListening = true
    },
    /** Milliseconds from each mark's instant to each client that saw it, sorted. */
    latencies: (sent: Map<string, number>): number[] =>
      seen
        .flatMap(({ mark, atMs }) => {
          const sentMs = sent.get(mark)
          return sentMs === undefined ? [] : [atMs - sentMs]
        })
        .sort((a, b) => a - b),
    close: async () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A decision by its lead; figures by how many leads there are in all, which grows by one a decision. */
const marks = /"leadId":"([^"]+)"|"total":\{"leads":(\d+)/g
