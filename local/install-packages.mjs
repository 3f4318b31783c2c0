// Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Runs `npm ci` when node_modules lacks what package-lock.json says. Throws when that fails.
 * @param {string} root
 * @param {{ dev: boolean }} options dev: also what only tests and checks need
 */
export function installPackages(root, { dev }) {
  if (isInstalled(root, dev)) return
  console.log('installing npm packages (once, about a minute) ...')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? ['--include=dev'] : [])]
  const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm ci failed with exit code ${status}: see above.`)
}

/** npm leaves in node_modules a lock file of what it has put there; packages for other platforms are not in it. */
function isInstalled(root, withDev) {
  try {
    const { '': _project, ...wanted } = readPackages(join(root, 'package-lock.json'))
    const present = readPackages(join(root, 'node_modules/.package-lock.json'))
    return Object.entries(wanted).every(([path, { version, optional, devOptional, dev }]) =>
      present[path] ? present[path].version === version : optional || (!withDev && (dev || devOptional)),
    )
  } catch {
    return false
  }
}

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
