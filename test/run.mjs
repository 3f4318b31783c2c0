// npm test: installs what is missing, then runs every check in order and stops at the first stage that fails. Plain Node,
// since it runs before anything is installed. `npm test -- unit import-rules` runs one stage, on the files so named.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installPackages } from '../local/install-packages.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `check:*` of package.json. Static checks only read the tree, so they run side by side, and beside the unit tests. */
const staticStages = readChecks(['lint', 'types', 'imports', 'unused'])
/** The unit tests run first; the others are one run of vitest, in which some wait while others work. */
const serviceStages = {
  integration: { folders: ['test/integration', 'test/conformance'], programs: ['nats-server', 'redis-server'] },
  failure: { folders: ['test/failure'], programs: ['nats-server', 'redis-server'] },
  browser: { folders: ['test/browser'], programs: ['nats-server', 'redis-server', 'chromium'] },
}
/** A stage that takes longer hangs: on two cores the longest takes eight minutes, on a busy machine three times that. */
const STAGE_LIMIT_MS = 25 * 60_000

const totals = { passed: 0, failed: 0, skipped: 0 }
const faults = []

const names = [...Object.keys(staticStages), 'unit', ...Object.keys(serviceStages)]
const args = process.argv.slice(2)
const chosen = args.some((arg) => names.includes(arg)) ? names.filter((name) => args.includes(name)) : names
const fileFilters = args.filter((arg) => !names.includes(arg))

// Debian puts servers into /usr/sbin, which an ordinary user's PATH may not name.
process.env.PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`

let failed = false
try {
  await runStages()
} catch (error) {
  failed = true
  console.log(`\n${error.message}`)
}
for (const fault of faults) console.log(`failed: ${fault}`)
console.log(`tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exit(failed ? 1 : 0)

async function runStages() {
  const services = chosen.filter((name) => serviceStages[name])
  const programs = [...new Set(services.flatMap((name) => serviceStages[name].programs))]
  // apt-get waits for the network and the disk; what needs none of its programs runs meanwhile.
  const installed = timed('programs', () => run(['node', `${root}test/install-programs.mjs`, ...programs], 'pipe'))
  // Heard when it is waited for.
  installed.catch(() => undefined)
  try {
    await timed('packages', async () => installPackages(root, { dev: true }))
    // What needs none of the programs.
    const unit = chosen.includes('unit') ? [timed('unit', () => runTests('unit', fileFilters))] : []
    await together([...startChecks(), ...unit])
    await installed
    if (services.length > 0) await timed(services.join('+'), () => runServices(services))
  } finally {
    // Ended in the middle it would leave the system's packages locked.
    await installed.catch(() => undefined)
  }
}

/** The test files of these stages: all, or those that a filter names. */
function filesOf(stages) {
  const folders = stages.flatMap((name) => serviceStages[name].folders)
  const isAsked = (file) => fileFilters.length === 0 || fileFilters.some((filter) => file.includes(filter))
  return folders
    .flatMap((folder) => readdirSync(`${root}${folder}`, { recursive: true }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.test.ts') && isAsked(file))
}

function startChecks() {
  // A unit test asks the same of the import rules, and plants what breaks them.
  const isAsked = (name) => name === 'imports' && chosen.includes('unit') && fileFilters.length === 0
  const checks = chosen.filter((name) => staticStages[name] && !isAsked(name))
  return checks.map((name) => timed(name, () => run(staticStages[name], 'pipe')))
}

/** Waits for all, and names every fault. */
async function together(stages) {
  const results = await Promise.allSettled(stages)
  const faults = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message)
  if (faults.length > 0) throw new Error(faults.join('\n\n'))
}

function readChecks(names) {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  return Object.fromEntries(names.map((name) => [name, scripts[`check:${name}`].split(' ')]))
}

async function runServices(stages) {
  const files = filesOf(stages)
  // Without names vitest would run all.
  if (files.length === 0) throw new Error(`no test file of ${stages.join(', ')} is named by ${fileFilters.join(', ')}`)
  await runTests('services', files)
}

async function runTests(project, files) {
  const before = totals.passed + totals.failed
  const reporters = ['--reporter=default', '--reporter=./test/reporter.ts']
  await run(['vitest', 'run', `--project=${project}`, ...reporters, ...files], 'inherit')
  if (totals.failed > 0) throw new Error(`${totals.failed} tests failed`)
  if (totals.passed + totals.failed === before) throw new Error('no test ran')
}

/** Prints one line with the stage's time; a fault carries the stage's name. */
async function timed(name, work) {
  const startedAt = performance.now()
  const print = (word) => {
    const tookS = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${word.padEnd(6)} ${name.padEnd(12)} ${tookS} s`)
  }
  try {
    await work()
    print('ok')
  } catch (error) {
    print('FAILED')
    throw new Error(`stage ${name}: ${error.message}`, { cause: error })
  }
}

/** Runs Node or a program of node_modules/.bin. Piped output is shown only when it fails; reports arrive from test/reporter.ts. */
function run([program, ...programArgs], output) {
  return new Promise((resolve, reject) => {
    const child = spawn(program === 'node' ? process.execPath : `${root}node_modules/.bin/${program}`, programArgs, {
      cwd: root,
      stdio: ['ignore', output, output, 'ipc'],
      timeout: STAGE_LIMIT_MS,
    })
    let text = ''
    child.stdout?.on('data', (chunk) => (text += chunk))
    child.stderr?.on('data', (chunk) => (text += chunk))
    child.on('message', (report) => {
      for (const key of Object.keys(totals)) totals[key] += report.counts[key]
      faults.push(...report.faults)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const ending = signal ? `ended by ${signal}` : `exit code ${code}`
      if (code === 0) resolve()
      else reject(new Error(`${[program, ...programArgs].join(' ')}: ${ending}\n${text.trimEnd()}`.trimEnd()))
    })
  })
}
