import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  registry: Registry
  counter: (name: string, help: string, labels?: string[]) => Counter
  gauge: (name: string, help: string, labels?: string[]) => Gauge
  /** Seconds, as Prometheus wants; buckets from 1 ms to 10 s. */
  seconds: (name: string, help: string, labels?: string[]) => Histogram
}

/** One registry per process, names prefixed `hexroute_`. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    counter: (name, help, labelNames = []) => new Counter({ name: `hexroute_${name}`, help, labelNames, registers }),
    gauge: (name, help, labelNames = []) => new Gauge({ name: `hexroute_${name}`, help, labelNames, registers }),
    seconds: (name, help, labelNames = []) =>
      new Histogram({ name: `hexroute_${name}`, help, labelNames, registers, buckets: BUCKETS }),
  }
}

const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]
