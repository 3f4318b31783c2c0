import { execFileSync } from 'node:child_process'
import { Problem } from '../problem.ts'

/** The version a program prints, at least `atLeast`; a missing program is a sentence that names it. */
export function programVersion(command: string, args: string[], atLeast: string): string {
  const version = /(\d+\.\d+\.\d+)/.exec(output(command, args))?.[1]
  if (!version) throw new Problem(`${command} does not say its version`)
  if (isOlder(version, atLeast)) throw new Problem(`${command} ${version} is too old: ${atLeast} or newer is needed`)
  return version
}

function output(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch {
    throw new Problem(`${command} is not installed, or not on the PATH`)
  }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}
