// Programs that come from the system's packages, not from npm. Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The program that shows that a package is there, where the names differ. */
const programs = { 'redis-server': 'redis-server', 'nats-server': 'nats-server', chromium: 'chromium' }

/**
 * Makes sure that each package's program can be run. Installs missing ones when it may (root on Debian or Ubuntu);
 * else throws with the one command that does it.
 * @param {string[]} packages
 */
export function ensureSystemPackages(packages) {
  const missing = packages.filter((name) => !isOnPath(programs[name] ?? name))
  if (missing.length === 0) return
  const list = missing.join(' ')
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`Not found on the PATH: ${list}. Install them with your system's packages and run this again.`)
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `Not found on the PATH: ${list}. Run once:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${list}\n`,
    )
  }
  console.log(`installing ${list} ...`)
  aptGet(['update'])
  aptGet(['install', '-y', '--no-install-recommends', ...missing])
  const absent = missing.filter((name) => !isOnPath(programs[name] ?? name))
  if (absent.length > 0)
    throw new Error(`apt-get installed ${absent.join(' ')}, but the PATH does not hold the program.`)
}

function aptGet(args) {
  const options = { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const { status, stderr, error } = spawnSync('apt-get', ['-qq', ...args], options)
  if (status === 0) return
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)
  throw new Error(`apt-get ${args.join(' ')} failed: ${reason}`)
}

/** Debian puts servers into /usr/sbin, which an ordinary user's PATH may not name. */
function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
