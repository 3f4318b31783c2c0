import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { startChild } from '../child.ts'
import { endOrphan } from '../pid-file.ts'
import { freePort } from '../ports.ts'
import { type Backend, type BackendOptions, untilReady } from './backend.ts'
import { programVersion } from './program-version.ts'

/** Streams reserve their `max_bytes` out of this at creation; the disk itself is used only as it fills. */
const FILE_STORE_BYTES_MAX = 64 * 1024 ** 3
/** A webhook of 1 MiB plus its envelope must fit into one message. */
const PAYLOAD_BYTES_MAX = 4 * 1024 ** 2

/** nats-server with JetStream on files, bound to loopback, with its own configuration file and no monitoring port. */
export async function startNats(options: BackendOptions): Promise<Backend> {
  const version = programVersion('nats-server', ['--version'], '2.9.0')
  const port = options.port || (await freePort())
  const logFile = options.logFile ?? join(options.dir, 'nats.log')
  const pidFile = join(options.dir, 'nats.pid')
  await endOrphan(pidFile, 'SIGTERM')
  const configFile = writeConfig(options.dir, port)
  const child = startChild({ name: 'nats', command: 'nats-server', args: ['-c', configFile], logFile, pidFile })
  await untilReady(child, logFile, () => greets(port))
  options.log?.(`nats-server ${version} on port ${port}`)
  return { name: 'nats', url: `nats://127.0.0.1:${port}`, port, pid: child.pid, exited: child.exited, stop: child.stop }
}

function writeConfig(dir: string, port: number): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, 'nats.conf')
  const lines = [
    'server_name: hexroute',
    `listen: "127.0.0.1:${port}"`,
    `max_payload: ${PAYLOAD_BYTES_MAX}`,
    `jetstream { store_dir: ${JSON.stringify(join(dir, 'store'))}, max_mem: 67108864, max_file: ${FILE_STORE_BYTES_MAX} }`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** The server speaks first: `INFO {...}`. It listens only after JetStream has recovered its streams. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1_000, () => answer(false))
    socket.once('error', () => answer(false))
    socket.once('data', (bytes) => answer(bytes.toString('utf8').includes('"jetstream":true')))
  })
}
