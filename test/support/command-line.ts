import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { programArguments } from '../../local/program-arguments.ts'

export type Run = { code: number | null; out: string; err: string }

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Runs `hexroute …` as an operator's shell would: a process of its own, no terminal. */
export async function runCommandLine(env: Record<string, string>, ...parameters: string[]): Promise<Run> {
  const child = spawn(process.execPath, [...programArguments('cli/main.ts'), ...parameters], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  return { code: child.exitCode, out, err }
}
