import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Shell = {
  /** @returns what it printed, faults included. What it sets is set for the next one, as for somebody who types. */
  run: (commands: string) => Promise<string>
  close: () => Promise<void>
}

const END = '--- the end of it ---'

/** A bash that stays open. */
export function openShell(cwd: string): Shell {
  const child = spawn('bash', ['--noprofile', '--norc'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  let ended: (() => void) | undefined
  child.stdout.on('data', (chunk) => {
    text += chunk
    if (text.includes(END)) ended?.()
  })
  child.once('exit', () => ended?.())
  child.stdin.write('exec 2>&1\n')
  return {
    run: async (commands) => {
      text = ''
      const end = new Promise<void>((resolve) => {
        ended = resolve
      })
      child.stdin.write(`${commands}\nprintf '%s\\n' '${END}'\n`)
      await end
      return text.split(END)[0]!
    },
    close: async () => {
      if (child.exitCode !== null) return
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
