import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Runs `npm ci` when node_modules is missing or is not what package-lock.json says. Throws when that fails. */
export function installPackages(root) {
  if (isInstalled(root)) return
  const { status } = spawnSync('npm', ['ci', '--include=dev'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`npm ci failed with exit code ${status}`)
}

/** npm leaves in node_modules a lock file of what it has put there; packages for other platforms are not in it. */
function isInstalled(root) {
  try {
    const { '': _project, ...wanted } = readPackages(join(root, 'package-lock.json'))
    const present = readPackages(join(root, 'node_modules/.package-lock.json'))
    return Object.entries(wanted).every(([path, { version, optional }]) =>
      present[path] ? present[path].version === version : optional === true,
    )
  } catch {
    return false
  }
}

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
