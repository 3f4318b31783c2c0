import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ContractServer, contractServer } from './contract-server.ts'
import { openBrowser, soon } from './open-browser.ts'
import { conversion, sampleFigures, sampleFunnel, sampleSpeed } from './sample-figures.ts'

let browser: Browser
let server: ContractServer
/** One for all: a page of its own costs 1.5 s of processor, another address in this one 0.3. Each server is another origin. */
let shared: Page
/** One for all whose clock is the test's: it stays so for a page and all others of its context. */
let clocked: Page
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  shared = await browser.newPage()
  clocked = await browser.newPage()
  await clocked.clock.install()
})
afterAll(() => browser.close())
beforeEach(async () => {
  server = await contractServer((by) => sampleFigures(by))
  page = shared
})
afterEach(() => server.close())

function takeClock(): void {
  page = clocked
}
/** Requests to the API so far, those under way included: the server hears them in their order. */
async function asked(): Promise<number> {
  await page.evaluate(`fetch('/page').then((answer) => answer.text())`)
  return server.requests.filter((path) => path.startsWith('/v1/')).length
}

const open = (attributes: string) => page.goto(`${server.url}/page?${attributes}`)
const seen = (selector: string) => page.locator(`hexroute-conversion ${selector}`)
const text = (selector: string) => seen(selector).textContent()
const boston = () => page.locator('hexroute-conversion li', { hasText: 'Boston Back Bay' })
const count = ({ won, leads }: { won: number; leads: number }) => `${won} of ${leads.toLocaleString('en')}`

test('total, definition, and every location under its region', async () => {
  const { total, rows } = sampleFigures('location')
  await open('token=good')
  await seen('li').first().waitFor()
  expect(await text('.big')).toBe(`${((100 * total.won) / total.leads).toFixed(1)}%`)
  expect(await text('.total')).toContain(`${total.won} won of ${total.leads.toLocaleString('en')} leads`)
  expect(await text('.what')).toBe('won among leads created in the last 7 days')
  expect(await seen('.group > p .name').allInnerTexts()).toEqual(['Midwest', 'Northeast', 'Southeast', 'West'])
  expect(await seen('li').count()).toBe(25)
  for (const row of rows) expect(await seen('li').allInnerTexts()).toContainEqual(expect.stringContaining(count(row)))
  await soon(() => text('.state')).toBe('live')
})

test('by="region" shows one row a region', async () => {
  await open('token=good&by=region')
  await seen('li').first().waitFor()
  expect(await seen('li .name').allInnerTexts()).toEqual(['Midwest', 'Northeast', 'Southeast', 'West'])
  expect(await seen('.group > p').count()).toBe(0)
})

test('a pushed figure appears at once, in its place, and nothing else moves', async () => {
  await open('token=good')
  await soon(() => text('.state')).toBe('live')
  await boston().waitFor()
  const names = await seen('li .name').allInnerTexts()
  const box = await seen('section').boundingBox()
  const before = await boston().locator('.count').textContent()
  server.figures = (by) => sampleFigures(by, 40)
  server.push()
  await soon(() => boston().locator('.count').textContent()).not.toBe(before)
  await soon(() => text('.total')).toContain(`${sampleFigures('location', 40).total.won} won of`)
  expect(await seen('li .name').allInnerTexts()).toEqual(names)
  expect(await seen('section').boundingBox()).toEqual(box)
})

test('without an event stream the figures are asked for every 5 s', async () => {
  server.refuseStream = true
  await open('token=good')
  await soon(() => text('.state')).toBe('every 5 s')
  server.figures = (by) => sampleFigures(by, 7)
  const { won } = sampleFigures('location', 7).total
  await soon(() => text('.total')).toContain(`${won} won of`)
})

const liveCount = async () => (await seen('.state').allTextContents()).filter((state) => state === 'live').length
/** A browser opens six connections to one server over HTTP/1.1, and none for a request while six streams hold them. */
async function openNine(): Promise<void> {
  await open('token=good')
  await page.evaluate(`for (let days = 1; days <= 8; days += 1) {
    const widget = document.createElement('hexroute-conversion')
    widget.setAttribute('window', days + 'd')
    widget.setAttribute('token', 'good')
    document.querySelector('main').append(widget)
  }`)
  await soon(() => seen('li').count()).toBe(9 * 25)
  await soon(liveCount).toBe(4)
  await soon(async () => new Set(await seen('.state').allTextContents())).toEqual(new Set(['live', 'every 5 s']))
}
const removeFirst = (count: number) =>
  page.evaluate(
    `for (const widget of [...document.querySelectorAll('hexroute-conversion')].slice(0, ${count})) widget.remove()`,
  )

test('of nine widgets four have the stream and all have their figures; whose turn comes is live', async () => {
  await openNine()
  await removeFirst(6)
  await soon(liveCount).toBe(3)
})

test('so it is where the browser has no locks, for new widgets', async () => {
  page = await browser.newPage()
  await page.addInitScript(`Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })`)
  await openNine()
  await removeFirst(4)
  await page.evaluate(`document.querySelector('hexroute-conversion').setAttribute('by', 'region')`)
  await soon(liveCount).toBe(1)
  await page.close()
})

test('what has not changed is asked for by its tag and comes without a body', async () => {
  server.refuseStream = true
  await open('token=good&by=region')
  await soon(() => text('.state')).toBe('every 5 s')
  await soon(() => server.unchanged).toBeGreaterThan(0)
  expect(await seen('li').count()).toBe(4)
})

test('a stream that a proxy holds back is left for requests, and taken up again when it speaks', async () => {
  takeClock()
  await open('token=good')
  await soon(() => text('.state')).toBe('live')
  server.holdStream = true
  server.figures = (by) => sampleFigures(by, 5)
  const { won } = sampleFigures('location', 5).total
  await page.clock.fastForward(61_000)
  await soon(() => text('.total')).toContain(`${won} won of`)
  await page.clock.fastForward(6_000)
  await soon(() => text('.state')).toBe('every 5 s')
  server.holdStream = false
  await page.clock.fastForward(31_000)
  await soon(() => text('.state')).toBe('live')
})

test('metric="speed-to-lead": the median of all and of each location; none is made up for a region', async () => {
  server.others['/v1/speed-to-lead'] = sampleSpeed
  await open('token=good&metric=speed-to-lead')
  await seen('li').first().waitFor()
  expect([await text('.title'), await text('.big')]).toEqual(['Speed to lead', '27 min'])
  expect(await text('.what')).toBe('25.0% within 5 min, 90% within 2.8 h; leads created in the last 7 days')
  expect(await boston().locator('.rate').textContent()).toBe('40 s')
  expect(await seen('.group > p .rate').first().textContent()).toBe('')
  await soon(() => text('.state')).toBe('every 5 s')
  expect(server.requests).not.toContain('/v1/live')
})

test('metric="funnel": the five stages in their order', async () => {
  server.others['/v1/funnel'] = sampleFunnel
  await open('token=good&metric=funnel')
  await seen('li').first().waitFor()
  expect(await seen('li .name').allInnerTexts()).toEqual(['Created', 'Routed', 'Contacted', 'Appointment', 'Won'])
  expect(await seen('li .rate').allInnerTexts()).toEqual(['100.0%', '94.0%', '70.0%', '31.0%', await text('.big')])
})

test('a lost server is told with the time of the last figures, and its return needs no reload', async () => {
  takeClock()
  await open('token=good')
  await soon(() => text('.state')).toBe('live')
  await seen('li').first().waitFor()
  server.down = true
  server.drop()
  await soon(() => text('.state')).not.toBe('live')
  await page.clock.fastForward(20_000)
  await soon(() => text('.state')).toMatch(/^as of \d/)
  expect(await seen('li').count()).toBe(25)
  server.down = false
  await page.clock.fastForward(40_000)
  await soon(() => text('.state')).toBe('live')
})

test('a refused token is told in plain words and not asked again', async () => {
  takeClock()
  await open('token=wrong')
  await soon(() => text('.problem')).toContain('This token is not valid')
  expect(await seen('.big').isVisible()).toBe(false)
  const before = await asked()
  await page.clock.runFor(60_000)
  expect(await asked()).toBe(before)
})

test('a missing token is told without asking the server', async () => {
  await open('window=7d')
  await soon(() => text('.problem')).toContain('No token is set')
  expect(server.requests.filter((path) => path.startsWith('/v1/'))).toEqual([])
})

test('markup in the name of a location is text', async () => {
  const name = '<img src=x onerror="window.harmed=1"><b>Boston</b>'
  server.figures = (by) => conversion(by, [{ id: 'x', name, regionId: name, leads: 4, won: 1, rate: 0.25 }])
  await open('token=good')
  await soon(() => text('li .name')).toBe(name)
  expect(await seen('img').count()).toBe(0)
  expect(await page.evaluate('window.harmed')).toBeUndefined()
})

test('no location and no lead yet is an answer, not an error', async () => {
  server.figures = (by) => conversion(by, [])
  await open('token=good')
  await soon(() => text('.empty')).toContain('No leads yet')
  expect(await text('.big')).toBe('–')
})

test('a change of attribute changes what is shown; a removed element asks no more', async () => {
  takeClock()
  await open('token=good')
  await soon(() => seen('li').count()).toBe(25)
  await page.evaluate(`document.querySelector('hexroute-conversion').setAttribute('by', 'region')`)
  await soon(() => seen('li').count()).toBe(4)
  await page.evaluate(`document.querySelector('hexroute-conversion').remove()`)
  const before = await asked()
  await page.clock.runFor(130_000)
  expect(await asked()).toBe(before)
})

test('the page gets an element and no global name', async () => {
  await page.goto(`${server.url}/page?token=good`)
  await seen('li').first().waitFor()
  const names = await page.evaluate<string[]>('Object.getOwnPropertyNames(window)')
  expect(await page.evaluate('[typeof follow, typeof HexrouteConversion]')).toEqual(['undefined', 'undefined'])
  await page.goto(`${server.url}/a-page-without-it`)
  const bare = new Set(await page.evaluate<string[]>('Object.getOwnPropertyNames(window)'))
  expect(names.filter((name) => !bare.has(name))).toEqual([])
})
