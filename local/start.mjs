// npm start: checks Node, installs what is missing, builds, then hands over to local/main.ts. Plain Node, as nothing is
// installed yet.
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installPackages } from './install-packages.mjs'
import { ensureSystemPackages } from './install-system.mjs'

const NODE_AT_LEAST = [20, 19]
const root = dirname(dirname(fileURLToPath(import.meta.url)))

let programs
try {
  checkNode()
  installPackages(root, { dev: false })
  ensureSystemPackages(neededPrograms())
  programs = await build()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
await run(programs)

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

/** @returns the folder of the programs. The tests start this many times and have built them already. */
async function build() {
  if (process.env.HEXROUTE_PROGRAMS) return process.env.HEXROUTE_PROGRAMS
  const [{ DIST, buildPrograms }, esbuild] = await Promise.all([import('./build-programs.mjs'), import('esbuild')])
  try {
    await buildPrograms()
  } catch (error) {
    throw new Error(`The programs could not be built: ${error.message}\nWho owns ${root} can do it: npm run build`)
  } finally {
    // It would stay with its 400 MB.
    await esbuild.stop()
  }
  return DIST
}

/** In this process, so that there is one launcher to signal, and nothing is left when it is killed. */
async function run(programs) {
  // Debian puts servers into /usr/sbin, which an ordinary user's PATH may not name.
  process.env.PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].filter(Boolean).join(':')
  process.chdir(root)
  await import(pathToFileURL(join(programs, 'local/main.mjs')).href)
}
