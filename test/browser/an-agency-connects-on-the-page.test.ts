import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConnectRig, startConnectRig, tenant } from './connect-rig.ts'
import { accessibilityFaults, openBrowser, overflowPx, soon } from './open-browser.ts'

const harm = '<img src=x onerror="window.harmed=1">'
const places = [
  { id: 'funnel', name: 'Acme Funnel' },
  { id: 'harm', name: `Shop ${harm}` },
  ...Array.from({ length: 118 }, (_, n) => ({ id: `shop${n}`, name: `Shop ${String(n).padStart(3, '0')}` })),
]

let rig: ConnectRig
let browser: Browser
let context: BrowserContext
/** One tab for all: one of its own costs 0.6 s of processor more than to load the page again. */
let page: Page

beforeAll(async () => {
  rig = await startConnectRig(places)
  browser = await openBrowser()
  context = await browser.newContext()
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await rig?.stop()
})
beforeEach(async () => {
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.emulateMedia({ colorScheme: 'light' })
  if (!page.url().startsWith(rig.url)) await page.goto(`${rig.url}/connect`)
  // The key of the test before is all that the tab keeps.
  await page.evaluate('sessionStorage.clear()')
})

const text = (selector: string) => page.locator(selector).first().textContent()
async function signIn(): Promise<void> {
  await page.goto(`${rig.url}/connect`)
  await page.getByLabel('Access key', { exact: true }).fill(rig.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#signed-in').waitFor()
}
const rows = () => page.locator('#list li').count()

test('from nothing to a connected agency whose funnel takes leads in', async () => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())))
  await signIn()
  await soon(() => text('#state')).toBe('Not connected yet')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await soon(() => text('#state')).toBe('Connected')
  await soon(() => text('#message')).toContain('Connected')
  expect(new URL(page.url()).search).toBe('')
  expect(await text('#facts')).toContain(tenant)

  await page.locator('#list li').nth(49).waitFor({ timeout: 60_000 })
  expect(await rows()).toBe(50)
  expect(await text('#counts')).toBe('120 in GoHighLevel · 120 with the app · 0 take leads in · 0 receive leads')
  await page.getByRole('button', { name: 'Show more' }).click()
  await soon(rows).toBe(100)
  await page.getByRole('button', { name: 'Show more' }).click()
  await soon(rows).toBe(120)
  expect(await page.locator('#more').isVisible()).toBe(false)

  await page.getByLabel('Search by name, city or id').fill('funnel')
  await soon(rows).toBe(1)
  await page.getByRole('switch', { name: 'Acme Funnel takes leads in' }).press('Space')
  await soon(() => text('#message')).toContain('are leads from now on')
  await soon(() => text('#counts')).toContain('1 take leads in')
  const { rows: stored } = await rig.bench.pool.query('SELECT id, kind, status, time_zone FROM hexroute.locations')
  expect(stored).toEqual([{ id: 'funnel', kind: 'intake', status: 'active', time_zone: 'America/Chicago' }])
  expect(faults).toEqual([])
})

test('what a sub-account is called is text', async () => {
  await signIn()
  await page.getByLabel('Search by name, city or id').fill('<img')
  await soon(rows).toBe(1)
  expect(await text('#list b')).toBe(`Shop ${harm}`)
  expect(await page.evaluate('window.harmed')).toBeUndefined()
})

test('settings of the agency are kept, and what is left empty is not said', async () => {
  await signIn()
  await page.getByLabel('Pipeline').fill('Sales')
  await page.getByLabel('Note on the contact').uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await soon(() => text('#settings-said')).toContain('Saved')
  const { rows: stored } = await rig.bench.pool.query(
    'SELECT scope, scope_id, settings FROM hexroute.delivery_settings',
  )
  expect(stored).toEqual([
    { scope: 'agency', scope_id: tenant, settings: { pipeline: 'Sales', note: false, owner: true } },
  ])
  await page.reload()
  await soon(() => page.getByLabel('Pipeline').inputValue()).toBe('Sales')
})

test('a key stays in its tab, a wrong one opens nothing, and signing out forgets it', async () => {
  await page.goto(`${rig.url}/connect`)
  await page.getByLabel('Access key', { exact: true }).fill('wrong-key-0123456789')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await soon(() => text('#message')).toContain('not accepted')
  await signIn()
  const other = await context.newPage()
  await other.goto(`${rig.url}/connect`)
  await other.locator('#sign-in').waitFor()
  expect(await page.evaluate('JSON.stringify(localStorage)')).toBe('{}')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.reload()
  await page.locator('#sign-in').waitFor()
  await other.close()
})

test("somebody else's way back from GHL connects nothing and says what to do", async () => {
  const elsewhere = await browser.newPage()
  await elsewhere.goto(`${rig.url}/v1/oauth/callback?code=stolen&state=${'x'.repeat(43)}`)
  await soon(() => elsewhere.locator('#message').textContent()).toContain('not begun on this page')
  await elsewhere.close()
})

test('it is readable in light and dark, from 360 px to wide, signed in and out', async () => {
  await page.goto(`${rig.url}/connect`)
  await page.locator('#sign-in').waitFor()
  expect(await faultsInBoth()).toEqual([])
  await signIn()
  await soon(rows).toBe(50)
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await overflowPx(page)).toBe(0)
    expect(await faultsInBoth()).toEqual([])
  }
})

async function faultsInBoth(): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: ${colorScheme})').matches`)).toBe(true)
    for (const fault of await accessibilityFaults(page)) faults.push(`${colorScheme}: ${fault}`)
  }
  return faults
}

test('an agency that disconnects is asked first, told so, and connects again', async () => {
  await signIn()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('button', { name: 'Keep it connected' }).click()
  expect(await text('#state')).toBe('Connected')
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
  await soon(() => text('#state')).toBe('Disconnected')
  await page.getByRole('button', { name: 'Connect again' }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await soon(() => text('#state')).toBe('Connected')
})

test('nothing inline, nothing from elsewhere and no frame is allowed', async () => {
  const answer = await page.goto(`${rig.url}/connect`)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
})
