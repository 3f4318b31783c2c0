import { untilReady } from './backends/backend.ts'
import { type Child, startChild } from './child.ts'
import { programArguments } from './program-arguments.ts'
import { PROJECT_ROOT } from './project-root.ts'

export type ProcessOptions = {
  name: string
  /** Below the project's root, such as `router/main.ts`. */
  entry: string
  nodeArguments: readonly string[]
  env: NodeJS.ProcessEnv
  url: string
  logFile: string
  pidFile: string
}

/** Starts one of hexroute's own processes and waits until it says that its dependencies answer. */
export async function startProcess({
  name,
  entry,
  nodeArguments,
  env,
  url,
  logFile,
  pidFile,
}: ProcessOptions): Promise<Child> {
  const args = [...nodeArguments, ...programArguments(entry)]
  const child = startChild({
    name,
    command: process.execPath,
    args,
    env,
    cwd: PROJECT_ROOT,
    logFile,
    pidFile,
    stopWithinMs: 17_000,
  })
  await untilReady(child, logFile, () => isReady(url))
  return child
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_500) })).ok
  } catch {
    return false
  }
}
