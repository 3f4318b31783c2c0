import { createServer } from 'node:net'

const handedOut = new Set<number>()

/** Asks the system for a port on 127.0.0.1 that nobody listens on now, and never names one twice in this process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await unusedPort()
    if (handedOut.has(port)) continue
    handedOut.add(port)
    return port
  }
}

function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
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
