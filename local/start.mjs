// npm start: checks Node, installs what is missing, builds, then hands over to local/main.ts. Plain Node, as nothing is
// installed yet.
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installPackages } from './install-packages.mjs'
import { ensureSystemPackages } from './install-system.mjs'

const NODE_AT_LEAST = [20, 19]
const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  checkNode()
  installPackages(root, { dev: false })
  ensureSystemPackages(neededPrograms())
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
await run()

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor >= NODE_AT_LEAST[1])) return
  throw new Error(`hexroute needs Node ${NODE_AT_LEAST.join('.')} or newer; this is ${process.versions.node}.`)
}

function neededPrograms() {
  const programs = { NATS_URL: 'nats-server', REDIS_URL: 'redis-server' }
  return Object.keys(programs)
    .filter((variable) => !process.env[variable])
    .map((variable) => programs[variable])
}

/** In this process, so that there is one launcher to signal, and nothing is left when it is killed. */
async function run() {
  // Debian puts servers into /usr/sbin, which an ordinary user's PATH may not name.
  process.env.PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].filter(Boolean).join(':')
  process.chdir(root)
  const { DIST, buildPrograms } = await import('./build-programs.mjs')
  // The tests start this many times and have built all programs already.
  const built = process.env.HEXROUTE_PROGRAMS
  if (!built) await buildPrograms()
  await import(pathToFileURL(join(built ?? DIST, 'local/main.mjs')).href)
}
