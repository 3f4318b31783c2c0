import { readdir, stat } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContractServer, contractServer } from './contract-server.ts'
import { accessibilityFaults, openBrowser, overflowPx, soon } from './open-browser.ts'
import { sampleDecision } from './sample-decisions.ts'
import { sampleFigures, sampleFunnel, sampleSpeed } from './sample-figures.ts'

let browser: Browser
let server: ContractServer
/** Of all pages: while one of the site is open, each further one takes 0.6 s of processor instead of 1.5. */
let context: BrowserContext

beforeAll(async () => {
  browser = await openBrowser()
  context = await browser.newContext({ reducedMotion: 'reduce' })
  server = await contractServer((by) => sampleFigures(by))
  server.others = { '/v1/speed-to-lead': sampleSpeed, '/v1/funnel': sampleFunnel }
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
async function open(page: Page, path: string): Promise<void> {
  await page.goto(server.url + path)
  if (path.includes('wrong')) await page.locator('.problem').waitFor()
  else if (path.includes('good')) await page.locator('hexroute-conversion li').first().waitFor()
  else await page.locator('#notice').waitFor()
  if (path !== '/demo?token=good') return
  await soon(() => page.locator('#state').textContent()).toBe('live')
  for (let nth = 0; nth < 12; nth += 1) server.decide(sampleDecision(nth))
  await page.locator('#list li').nth(11).waitFor()
}

const opened: [path: string, page: Page][] = []
/** Each page once, by the first test that asks: it takes a width or a colour scheme anew as well as a new one does. */
async function openAll(): Promise<[path: string, page: Page][]> {
  if (opened.length > 0) return opened
  for (const path of pages) {
    const page = await context.newPage()
    await open(page, path)
    opened.push([path, page])
  }
  return opened
}

test.each(['light', 'dark'] as const)('no page has an accessibility fault in %s', async (colorScheme) => {
  for (const [path, page] of await openAll()) {
    await page.emulateMedia({ colorScheme })
    expect(await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: ${colorScheme})').matches`)).toBe(true)
    expect({ path, faults: await accessibilityFaults(page) }).toEqual({ path, faults: [] })
  }
})

test('theme="dark" and theme="light" overrule the reader’s setting without a loss of contrast', async () => {
  for (const [theme, colorScheme] of [['dark', 'light'] as const, ['light', 'dark'] as const]) {
    const page = await context.newPage()
    await page.emulateMedia({ colorScheme })
    await open(page, `/page?token=good&theme=${theme}`)
    const card = `document.querySelector('hexroute-conversion').shadowRoot.querySelector('section')`
    const background = await page.evaluate<string>(`getComputedStyle(${card}).backgroundColor`)
    expect(background).toBe(theme === 'dark' ? 'rgb(21, 26, 33)' : 'rgb(255, 255, 255)')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.close()
  }
})

test.each([240, 360, 768, 1440])('nothing sticks out at %i px', async (width) => {
  for (const [path, page] of await openAll()) {
    await page.setViewportSize({ width, height: 800 })
    expect({ path, overflow: await overflowPx(page) }).toEqual({ path, overflow: 0 })
  }
})

test('nothing moves for a reader who asked for less motion', async () => {
  const page = await context.newPage()
  await open(page, '/demo?token=good')
  server.figures = (by) => sampleFigures(by, 9)
  server.push()
  const won = sampleFigures('location', 9).total.won
  await soon(() => page.locator('hexroute-conversion .total').textContent()).toContain(`${won} won of`)
  expect(await page.evaluate<number>('document.getAnimations().length')).toBe(0)
  await page.close()
})

test('the widget stays below 22 KiB without a build', async () => {
  const folder = new URL('../../dashboards/widget/', import.meta.url)
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(parts.map(async (name) => (await stat(new URL(name, folder))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(22 * 1024)
})
