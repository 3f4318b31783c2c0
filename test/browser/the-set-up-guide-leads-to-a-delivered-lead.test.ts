import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { programArguments } from '../../local/program-arguments.ts'
import { PROJECT_ROOT } from '../../local/project-root.ts'
import { answerPattern, filledIn, stepsUnder } from '../support/guide.ts'
import { type Launcher, makeDataDir, runLauncher, untilRunning } from '../support/launcher.ts'
import { openShell, type Shell } from '../support/shell.ts'
import { openBrowser, soon } from './open-browser.ts'

type Reader = { text: string; shell: Shell; values: Record<string, string> }

const DELIVERED_WITHIN_MS = 30_000

const place = await makeDataDir()
const folder = mkdtempSync(join(tmpdir(), 'hexroute-guide-'))
let launcher: Launcher
let browser: Browser
let guide: string
let reader: Reader

beforeAll(async () => {
  guide = await readFile(join(PROJECT_ROOT, 'docs/ghl-setup.md'), 'utf8')
  launcher = runLauncher(place.dir, ['--no-demo', '--ports', 'free'])
  browser = await openBrowser()
  await untilRunning(launcher)
})
afterEach(() => reader?.shell.close())
afterAll(async () => {
  await browser?.close()
  await launcher.signal('SIGTERM')
  await place.remove()
  rmSync(folder, { recursive: true })
})

/** Somebody with the text before him, a shell, and what `npm start` printed. */
async function somebodyReads(text: string): Promise<Reader> {
  const { ghl, directory, ingest, adminKey } = launcher.endpoints()
  const shell = openShell(folder)
  // `npm run hexroute -- …` as built for this run: through npm and tsx it takes 2 s of CPU each time.
  const program = [process.execPath, ...programArguments('cli/main.ts')].map((part) => `'${part}'`).join(' ')
  await shell.run(`set -u; npm() { shift 3; INIT_CWD=$PWD ${program} "$@"; }`)
  const values = {
    '<GoHighLevel, as npm start prints it>': ghl,
    'https://route.example.com': directory,
    'https://hooks.example.com': ingest,
    '<admin key>': adminKey,
  }
  return { text, shell, values }
}

/** What a later command wants and an answer tells. */
const learnt = { '<leadId>': /"leadId":"([^"]+)"/, '<private token>': /^\{"token":"([^"]+)"/ }

/** @returns the last answer. A command is given again until its answer is there, for `withinMs`. */
async function follows({ text, shell, values }: Reader, heading: string, withinMs = 0): Promise<string> {
  let said = ''
  for (const { command, answers } of stepsUnder(text, heading)) {
    const give = async () => {
      said = await shell.run(filledIn(command, values))
      return answers.filter((answer) => !answerPattern(answer).test(said)).map((answer) => ({ answer, said }))
    }
    if (withinMs > 0) await expect.poll(give, { timeout: withinMs }).toEqual([])
    else expect(await give()).toEqual([])
    for (const [name, pattern] of Object.entries(learnt)) {
      const value = pattern.exec(said)?.[1]
      if (value) values[name] = value
    }
  }
  return said
}

async function connectsOnThePage(page: Page): Promise<void> {
  await page.goto(launcher.endpoints().connectPage)
  await page.getByLabel('Access key', { exact: true }).fill(launcher.endpoints().adminKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await soon(() => page.locator('#state').textContent()).toBe('Connected')
  await page.getByRole('switch', { name: 'Acme Funnel takes leads in' }).click()
  await soon(() => page.locator('#message').textContent()).toContain('are leads from now on')
}

test('way 1, from an empty simulator to a delivered lead, by the commands of the text and the page', async () => {
  reader = await somebodyReads(guide)
  await follows(reader, 'To try it, on one machine')
  await follows(reader, 'The shell')
  const page = await browser.newPage()
  await connectsOnThePage(page)
  await follows(reader, '5. Say who receives leads')
  await page.reload()
  await soon(() => page.locator('#list').textContent()).toContain('Receives leads')
  await follows(reader, 'A ruleset')
  await follows(reader, 'A lead by way 1')
  expect(JSON.parse(await follows(reader, 'What became of it', DELIVERED_WITHIN_MS))).toMatchObject([
    { opportunities: [{ status: 'open' }] },
  ])
})

test('way 2, without an app, with ids of another agency put in their place', async () => {
  reader = await somebodyReads(guide.replaceAll('acme', 'bolt').replaceAll('Acme', 'Bolt'))
  await follows(reader, 'To try it, on one machine')
  await follows(reader, 'The shell')
  await follows(reader, '1. The organisation')
  await follows(reader, "2. A source for the intake's workflow")
  await follows(reader, '4. A token for each location')
  await follows(reader, 'A ruleset')
  await follows(reader, 'A lead by way 2')
  expect(JSON.parse(await follows(reader, 'What became of it', DELIVERED_WITHIN_MS))).toMatchObject([
    { opportunities: [{ status: 'open' }] },
  ])
})
