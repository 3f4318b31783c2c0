import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../local/ports.ts'
import { until } from './until.ts'

export type RedisCluster = {
  /** All nodes, separated by commas. */
  url: string
  nodes: readonly Redis[]
  stop: () => Promise<void>
}

const program = 'redis-server'
const NODES = 3
const SLOTS = 16_384

/** Three masters without replicas on loopback, each with a third of the slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-redis-cluster-'))
  const children: ChildProcess[] = []
  const killLeftovers = () => children.forEach((child) => void child.kill('SIGKILL'))
  process.once('exit', killLeftovers)
  const nodes: { redis: Redis; port: number; busPort: number }[] = []
  for (let i = 0; i < NODES; i += 1) nodes.push(await startNode(dir, children))
  const per = Math.ceil(SLOTS / NODES)
  for (const [i, { redis }] of nodes.entries()) {
    await redis.cluster('ADDSLOTSRANGE', i * per, Math.min(SLOTS, (i + 1) * per) - 1)
    const { port, busPort } = nodes[0]!
    if (i > 0) await redis.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
  }
  await until(
    'every node knows all slots',
    30_000,
    () => Promise.all(nodes.map(({ redis }) => redis.cluster('INFO') as Promise<string>)),
    (infos) => infos.every((info) => /cluster_state:ok/.test(info) && info.includes(`cluster_known_nodes:${NODES}`)),
  )
  return {
    url: nodes.map(({ port }) => `redis://127.0.0.1:${port}`).join(','),
    nodes: nodes.map(({ redis }) => redis),
    stop: async () => {
      for (const { redis } of nodes) redis.disconnect()
      await Promise.all(children.map((child) => (child.kill('SIGKILL') ? once(child, 'exit') : null)))
      process.off('exit', killLeftovers)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function startNode(dir: string, children: ChildProcess[]) {
  const [port, busPort] = [await freePort(), await freePort()]
  const settings = {
    port,
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-config-file': `nodes-${port}.conf`,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir,
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  children.push(spawn(program, args, { stdio: 'ignore' }))
  const redis = new Redis(port, '127.0.0.1')
  redis.on('error', () => undefined)
  await until(
    `redis on port ${port}`,
    30_000,
    () => redis.ping().catch(() => 'not yet'),
    (answer) => answer === 'PONG',
  )
  return { redis, port, busPort }
}
