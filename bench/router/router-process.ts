import { type ChildProcess, spawn } from 'node:child_process'
import { programArguments } from '../../local/program-arguments.ts'
import { routerArguments } from '../../local/router-arguments.ts'
import type { Stores } from './stores.ts'

/** The router as it is started in production; PROFILE=dir in the environment writes a CPU profile there. */
export function startRouter({ postgres, redis, nats }: Stores): { child: ChildProcess; stop: () => Promise<void> } {
  const { PROFILE } = process.env
  const profile = PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`] : []
  const child = spawn(process.execPath, [...routerArguments, ...profile, ...programArguments('router/main.ts')], {
    env: {
      ...process.env,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      NATS_URL: nats.url,
      ROUTER_PORT: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return {
    child,
    stop: async () => {
      if (child.exitCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      // One that stands still would not hear that it shall end.
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await exited
    },
  }
}
