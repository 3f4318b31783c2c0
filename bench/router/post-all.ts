import { connect, type Socket } from 'node:net'

export type Sent = { body: string; headers: Record<string, string> }

/** As many as a busy sender keeps open. */
const CONNECTIONS = 64

/**
 * Closed loop over keep-alive connections: each body once, the next one when the one before is answered. Plain sockets: an
 * HTTP client takes as much processor time a request as the servers that are measured beside it.
 * @throws when one is answered with another status.
 */
export async function postAll(url: string, status: number, sent: readonly Sent[]): Promise<void> {
  const { hostname, port, pathname } = new URL(url)
  const requests = sent.map(({ body, headers }) => {
    const lines = Object.entries({ ...headers, host: hostname, 'content-length': String(Buffer.byteLength(body)) })
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`)
  })
  let next = 0
  const work = async (): Promise<void> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    try {
      for (let request = requests[next++]; request; request = requests[next++]) {
        const answered = await answerTo(socket, request)
        if (answered !== status) throw new Error(`answered ${answered}`)
      }
    } finally {
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

/** One request at a time on a socket; answers have a content-length. */
function answerTo(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      socket.off('data', onData)
      socket.off('error', reject)
      resolve(Number(text.slice(9, 12)))
    }
    socket.on('data', onData)
    socket.once('error', reject)
    socket.write(request)
  })
}
