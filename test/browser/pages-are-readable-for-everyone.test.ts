import { readdir, stat } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContractServer, contractServer } from './contract-server.ts'
import { accessibilityFaults, openBrowser, overflowPx, soon } from './open-browser.ts'
import { sampleDecision } from './sample-decisions.ts'
import { sampleFigures, sampleFunnel, sampleSpeed } from './sample-figures.ts'

type Scheme = 'light' | 'dark'
type Look = { path: string; faults: Record<Scheme, string[]>; overflow: Record<number, number> }

const usual = { width: 1280, height: 720 }
const widths = [240, 360, 768, 1440]
const looks: Look[] = []
let browser: Browser
let server: ContractServer
/** One for all: a page of its own costs 0.6 s of processor and compiles axe anew, another address in this one 0.4. */
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  page = await browser.newPage({ reducedMotion: 'reduce', viewport: usual })
  server = await contractServer((by) => sampleFigures(by))
  server.others = { '/v1/speed-to-lead': sampleSpeed, '/v1/funnel': sampleFunnel }
  for (const path of pages) looks.push(await look(path))
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const pages = [
  ...['speed-to-lead', 'funnel'].map((metric) => `/page?token=good&metric=${metric}`),
  ...['/page?token=good', '/page?token=wrong', '/page?token=good&dir=rtl', '/demo', '/demo?token=good'],
]

/** Waits until the page has said what it has to say. */
async function open(path: string): Promise<void> {
  await page.goto(server.url + path)
  if (path.includes('wrong')) await page.locator('.problem').waitFor()
  else if (path.includes('good')) await page.locator('hexroute-conversion li').first().waitFor()
  else await page.locator('#notice').waitFor()
  if (path !== '/demo?token=good') return
  await page.locator('#state.live').waitFor()
  for (let nth = 0; nth < 12; nth += 1) server.decide(sampleDecision(nth))
  await page.locator('#list li').nth(11).waitFor()
}

/** Opens a page once for all tests: it takes a colour scheme or a width anew as well as a new one does. */
async function look(path: string): Promise<Look> {
  await page.setViewportSize(usual)
  await open(path)
  const faults = { light: await faultsIn('light'), dark: await faultsIn('dark') }
  const overflow: Look['overflow'] = {}
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    overflow[width] = await overflowPx(page)
  }
  return { path, faults, overflow }
}

async function faultsIn(colorScheme: Scheme): Promise<string[]> {
  await page.emulateMedia({ colorScheme })
  expect(await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: ${colorScheme})').matches`)).toBe(true)
  return accessibilityFaults(page)
}

test.each(['light', 'dark'] as const)('no page has an accessibility fault in %s', (colorScheme) => {
  const found = looks.map(({ path, faults }) => ({ path, faults: faults[colorScheme] }))
  expect(found).toEqual(pages.map((path) => ({ path, faults: [] })))
})

test('theme="dark" and theme="light" overrule the reader’s setting without a loss of contrast', async () => {
  await page.setViewportSize(usual)
  for (const [theme, colorScheme] of [['dark', 'light'] as const, ['light', 'dark'] as const]) {
    await page.emulateMedia({ colorScheme })
    await open(`/page?token=good&theme=${theme}`)
    const card = `document.querySelector('hexroute-conversion').shadowRoot.querySelector('section')`
    const background = await page.evaluate<string>(`getComputedStyle(${card}).backgroundColor`)
    expect(background).toBe(theme === 'dark' ? 'rgb(21, 26, 33)' : 'rgb(255, 255, 255)')
    expect(await accessibilityFaults(page)).toEqual([])
  }
})

test.each(widths)('nothing sticks out at %i px', (width) => {
  const found = looks.map(({ path, overflow }) => ({ path, overflow: overflow[width] }))
  expect(found).toEqual(pages.map((path) => ({ path, overflow: 0 })))
})

test('nothing moves for a reader who asked for less motion', async () => {
  await open('/demo?token=good')
  server.figures = (by) => sampleFigures(by, 9)
  server.push()
  const won = sampleFigures('location', 9).total.won
  await soon(() => page.locator('hexroute-conversion .total').textContent()).toContain(`${won} won of`)
  expect(await page.evaluate<number>('document.getAnimations().length')).toBe(0)
})

test('the widget stays below 22 KiB without a build', async () => {
  const folder = new URL('../../dashboards/widget/', import.meta.url)
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(parts.map(async (name) => (await stat(new URL(name, folder))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(22 * 1024)
})
