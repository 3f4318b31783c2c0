import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Problem } from '../problem.ts'

export type Command = { command: string; args: string[]; user?: { uid: number; gid: number } }
export type PostgresUser = { wrap(command: string, args: string[]): Command; own(path: string): void }

/** Kernel numbers of the capabilities that let a process walk through closed directories. */
const CAPABILITIES = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
]

/**
 * How to run a PostgreSQL program here. It refuses to run as root, so under root it runs as `postgres` or `nobody`.
 * A project under /root is closed to those users; then the program keeps one capability, to pass through the
 * directories above its files, and nothing on the machine has to be opened or copied.
 */
export function postgresUser(paths: string[]): PostgresUser {
  if (process.getuid?.() !== 0) return { wrap: (command, args) => ({ command, args }), own: () => undefined }
  const user = unprivilegedUser()
  const own = (path: string) => chownSync(path, user.uid, user.gid)
  const closed = paths.map(closedAncestor).find((path) => path !== undefined)
  if (!closed) return { wrap: (command, args) => ({ command, args, user }), own }
  const prefix = setprivArgs(user, closed)
  return { wrap: (command, args) => ({ command: 'setpriv', args: [...prefix, command, ...args] }), own }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const fields = ['postgres', 'nobody'].map((name) => users.find((line) => line.startsWith(`${name}:`))?.split(':'))
  const [uid, gid] = fields.find(Boolean)?.slice(2, 4).map(Number) ?? []
  if (uid === undefined || gid === undefined) {
    throw new Problem(
      'PostgreSQL does not run as root, and this system has no user "postgres" or "nobody": run npm start as an ordinary user',
    )
  }
  return { uid, gid }
}

/** The first directory above the path that others may not pass through. */
function closedAncestor(path: string): string | undefined {
  const parent = dirname(path)
  if (parent === path) return undefined
  const above = closedAncestor(parent)
  if (above) return above
  return existsSync(parent) && (statSync(parent).mode & 0o001) === 0 ? parent : undefined
}

function setprivArgs(user: { uid: number; gid: number }, closed: string): string[] {
  const capability = allowedCapability()
  if (!capability || !hasSetpriv()) {
    throw new Problem(
      `PostgreSQL does not run as root, and ordinary users cannot enter ${closed}: run npm start as an ordinary user, or move the project or --data out of it`,
    )
  }
  return [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    // initdb asks access(2), which drops capabilities of ordinary users unless this bit is set.
    '--securebits=+no_setuid_fixup',
  ]
}

function allowedCapability(): string | undefined {
  const mask = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return CAPABILITIES.find(({ bit }) => (BigInt(`0x${mask}`) >> bit) & 1n)?.name
}

function hasSetpriv(): boolean {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
