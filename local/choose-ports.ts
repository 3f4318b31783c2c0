import { portOwner } from './port-owner.ts'
import { freePort, isPortFree } from './ports.ts'
import { Problem } from './problem.ts'

export const DEFAULT_PORTS = {
  ingest: 8080,
  directory: 8081,
  analytics: 8082,
  router: 8083,
  delivery: 8084,
  ghl: 8090,
  clickhouse: 18_123,
  nats: 42_229,
  postgres: 54_329,
  redis: 63_790,
}
export type PortName = keyof typeof DEFAULT_PORTS
export type Ports = Record<PortName, number>

/** `INGEST_PORT` and its like choose a port in either mode. */
const variables: Partial<Record<PortName, string>> = {
  ingest: 'INGEST_PORT',
  directory: 'DIRECTORY_PORT',
  analytics: 'ANALYTICS_PORT',
  router: 'ROUTER_PORT',
  delivery: 'DELIVERY_PORT',
}

/**
 * A port for every name in use. Default ports must be free, since users' configurations name them.
 * @throws Problem with one line for every port that is taken.
 */
export async function choosePorts(mode: 'default' | 'free', inUse: PortName[], env: NodeJS.ProcessEnv): Promise<Ports> {
  const ports = { ...DEFAULT_PORTS }
  const taken: string[] = []
  for (const name of inUse) {
    const wanted = Number(env[variables[name] ?? ''])
    ports[name] = wanted || (mode === 'free' ? await freePort() : DEFAULT_PORTS[name])
    if ((wanted || mode === 'default') && !(await isPortFree(ports[name]))) taken.push(sentence(ports[name]))
  }
  if (taken.length > 0) throw new Problem(taken.join('\n'))
  return ports
}

function sentence(port: number): string {
  const owner = portOwner(port)
  const who = owner ? ` (pid ${owner.pid}, ${owner.name})` : ''
  return `Port ${port} is taken by another program${who}. Stop it or run: npm start -- --ports free`
}
