import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEndpoints } from '../../local/endpoints.ts'
import { accessibilityFaults, openBrowser, soon } from './open-browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dir = mkdtempSync(join(tmpdir(), 'hexroute-demo-'))
const screenshot = join(tmpdir(), 'hexroute-demo.png')
const START_WITHIN_MS = 90_000
/** Customers of the simulator take a minute or two to reply, book and buy. */
const MOVES_WITHIN_MS = 180_000

let browser: Browser
let launcher: ChildProcess
let output = ''

beforeAll(async () => {
  // As on a desk: from the sources, not with the programs that were built for this run.
  const { HEXROUTE_PROGRAMS: _built, ...env } = process.env
  launcher = spawn(process.execPath, ['local/start.mjs', '--ports', 'free', '--data', dir], { cwd: root, env })
  for (const stream of [launcher.stdout, launcher.stderr]) stream?.on('data', (chunk) => (output += chunk))
  browser = await openBrowser()
}, START_WITHIN_MS)

afterAll(async () => {
  await browser?.close()
  const isRunning = launcher.exitCode === null && launcher.signalCode === null
  const ended = isRunning ? once(launcher, 'exit') : null
  launcher.kill('SIGINT')
  await ended
  rmSync(dir, { recursive: true, force: true })
}, 60_000)

test(
  'what npm start brings up shows decisions with their reasons and wins that rise',
  async () => {
    const started = () => readEndpoints(dir)?.widgetDemo ?? `not started: ${launcher.exitCode} ${output.slice(-2_000)}`
    await expect.poll(started, { timeout: START_WITHIN_MS, interval: 200 }).toMatch(/^http/)
    // What builds the programs is gone, with its memory.
    expect(commandsOfChildren(launcher.pid!).filter((command) => command.includes('esbuild'))).toEqual([])
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce' })
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(started())
    await page.locator('#list li .why').nth(4).waitFor({ timeout: START_WITHIN_MS })
    await soon(() => page.locator('hexroute-conversion li').count()).toBe(25)
    expect(await page.locator('#list li .why').allTextContents()).not.toContain('')

    const total = page.locator('hexroute-conversion .total')
    const won = async () => Number(/([\d,]+) won of/.exec((await total.textContent()) ?? '')?.[1]?.replaceAll(',', ''))
    const decided = async () => Number((await page.locator('#decided').textContent())?.replaceAll(',', ''))
    const [wonAtFirst, decidedAtFirst] = [await won(), await decided()]
    await expect.poll(won, { timeout: MOVES_WITHIN_MS, interval: 250 }).toBeGreaterThan(wonAtFirst)
    await expect.poll(decided, { timeout: MOVES_WITHIN_MS, interval: 250 }).toBeGreaterThan(decidedAtFirst)
    await soon(() => page.locator('hexroute-conversion .state').textContent()).toBe('live')
    await page.screenshot({ path: screenshot, fullPage: true })
    console.log(`screenshot: ${screenshot}`)
    expect(complaints).toEqual([])
    expect(await accessibilityFaults(page)).toEqual([])
  },
  START_WITHIN_MS + 2 * MOVES_WITHIN_MS,
)

function commandsOfChildren(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.map((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8'))
}
