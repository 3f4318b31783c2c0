import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768 on). Of those, one is lost now and then to some
 * connection before the program that it was named to has begun to listen, or while that program is started again.
 */
const RANGE = [10_000, 32_768] as const

const handedOut = new Set<number>()

/** A port on which nobody listens now and which no connection is given. Never names one twice in this process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...RANGE)
    if (handedOut.has(port) || !(await isPortFree(port))) continue
    handedOut.add(port)
    return port
  }
}

/** True when a program can listen here: tried on loopback and on all addresses, as a listener on either blocks us. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
