import { parseArgs } from 'node:util'
import { Problem } from './problem.ts'

export type Arguments = { demo: boolean; dataDir: string; ports: 'default' | 'free'; ratePerS: number; help: boolean }

export const USAGE = `npm start -- [options]

  --no-demo              no demo organisation and no traffic
  --data DIR             keep everything under DIR (default .hexroute)
  --ports default|free   well-known ports, or any free ones (see endpoints.json in the data directory)
  --rate N               webhooks a second that the simulator sends (default 2)

A backend whose URL is in the environment is used and not started:
DATABASE_URL, NATS_URL, REDIS_URL, CLICKHOUSE_URL, GHL_API_URL`

/** @throws Problem with the usage when an argument is unknown or wrong. */
export function parseArguments(args: string[]): Arguments {
  const values = parse(args)
  const ports = values.ports
  if (ports !== 'default' && ports !== 'free') throw new Problem(`--ports takes "default" or "free", not "${ports}"`)
  const ratePerS = Number(values.rate)
  if (!(ratePerS > 0 && ratePerS <= 20_000))
    throw new Problem(`--rate takes a number from above 0 to 20000, not "${values.rate}"`)
  return { demo: values.demo, dataDir: values.data, ports, ratePerS, help: values.help }
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        demo: { type: 'boolean', default: true },
        data: { type: 'string', default: '.hexroute' },
        ports: { type: 'string', default: 'default' },
        rate: { type: 'string', default: '2' },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    })
    return values
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}
