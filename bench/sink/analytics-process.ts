import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'

export type AnalyticsProcess = {
  pid: number
  /** Value of a metric, summed over its labels. */
  metric: (name: string) => Promise<number>
  stop: () => Promise<void>
}

/** Analytics as it is started in production, with its sink. */
export async function startAnalytics(urls: Record<string, string>): Promise<AnalyticsProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [...programArguments('analytics/main.ts')], {
    env: { ...process.env, ...urls, ANALYTICS_PORT: String(port), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  while ((await metrics().catch(() => '')) === '') {
    if (child.exitCode !== null) throw new Error('analytics has ended')
    await pause(200)
  }
  return {
    pid: child.pid!,
    metric: async (name) => {
      const lines = (await metrics()).split('\n').filter((line) => line.startsWith(`${name}{`))
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    stop: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
