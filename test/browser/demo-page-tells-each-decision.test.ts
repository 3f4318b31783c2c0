import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ContractServer, contractServer } from './contract-server.ts'
import { openBrowser, soon } from './open-browser.ts'
import { sampleDecision } from './sample-decisions.ts'
import { sampleFigures } from './sample-figures.ts'

let browser: Browser
let server: ContractServer
/** One for all: a page of its own costs 1.5 s of processor, another address in this one 0.3. Each server is another origin. */
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  page = await browser.newPage()
})
afterAll(() => browser.close())
beforeEach(async () => {
  server = await contractServer((by) => sampleFigures(by))
})
afterEach(() => server.close())

const text = (selector: string) => page.locator(selector).first().textContent()
async function openLive(): Promise<void> {
  await page.goto(`${server.url}/demo#token=good`)
  await soon(() => text('#state')).toBe('live')
}

test('every decision is listed with its sentence, newest first, and counted once', async () => {
  await openLive()
  for (let nth = 0; nth < 6; nth += 1) server.decide(sampleDecision(nth))
  server.decide(sampleDecision(5))
  await soon(() => page.locator('#list li').count()).toBe(6)
  await soon(() => text('#decided')).toBe('6')
  const newest = sampleDecision(5)
  expect(await text('#list li')).toContain(newest.why)
  expect(await text('#list .outcome')).toBe(newest.outcome)
})

test('a decision made before the page was opened is shown and not counted', async () => {
  await openLive()
  server.decide({ ...sampleDecision(1), decidedAt: new Date(Date.now() - 3_600_000).toISOString() })
  await soon(() => text('#list .ago')).toBe('1 h ago')
  expect(await text('#decided')).toBe('0')
})

test('the list stands still while it is paused and catches up after', async () => {
  await openLive()
  await page.locator('#pause').click()
  for (let nth = 0; nth < 4; nth += 1) server.decide(sampleDecision(nth))
  await soon(() => text('#decided')).toBe('4')
  expect(await page.locator('#list li').count()).toBe(0)
  await page.locator('#pause').click()
  await soon(() => page.locator('#list li').count()).toBe(4)
})

test('a third tab has its figures, says what it waits for, and is live when one is closed', async () => {
  const context = await browser.newContext()
  const [first, , third] = [await context.newPage(), await context.newPage(), await context.newPage()]
  for (const tab of context.pages()) {
    await tab.goto(`${server.url}/demo#token=good`)
    await tab.locator('hexroute-conversion li').nth(24).waitFor()
  }
  const state = () => third!.locator('#state').textContent()
  await soon(state).toBe('other tabs hold all live connections: close one')
  await first!.close()
  await soon(state).toBe('live')
  await context.close()
})

test('ten thousand decisions leave a short list and a true count', async () => {
  await openLive()
  for (let nth = 0; nth < 10_000; nth += 1) server.decide(sampleDecision(nth))
  await soon(() => text('#decided')).toBe('10,000')
  expect(await page.locator('#list li').count()).toBeLessThanOrEqual(40)
})

test('markup in a sentence or a name is text', async () => {
  await openLive()
  const harm = '<img src=x onerror="window.harmed=1">'
  server.decide({ ...sampleDecision(1), why: harm, locationName: harm })
  await soon(() => text('#list .why')).toBe(harm)
  expect(await page.locator('main img').count()).toBe(0)
  expect(await page.evaluate('window.harmed')).toBeUndefined()
})

test('without a token the page says where to find it, with a wrong one that it is wrong', async () => {
  await page.goto(`${server.url}/demo`)
  await soon(() => text('#notice')).toContain('npm start')
  await page.locator('#token').fill('wrong')
  await page.locator('#notice button').click()
  await soon(() => text('#notice-title')).toBe('This token was not accepted')
  await page.locator('#token').fill('good')
  await page.locator('#notice button').click()
  await page.locator('hexroute-conversion li').first().waitFor()
})
