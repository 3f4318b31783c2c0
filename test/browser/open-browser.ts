import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Each window of Chromium's loads two pages of 112 scripts for its address bar, which nobody sees: 0.4 s of processor. */
const addressBar = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']
/** What Playwright turns off, once more: of a switch that is given twice Chromium takes the last. */
const asPlaywright = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay'],
  ...['HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying'],
  ...['AimEnabled', 'PreconnectToSearch'],
]

/** Debian's Chromium, headless and without calls of its own. */
export function openBrowser(): Promise<Browser> {
  const quiet = ['disable-background-networking', 'disable-component-update', 'disable-sync', 'disable-quic']
  const features = `--disable-features=${[...asPlaywright, ...addressBar].join(',')}`
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', features, ...quiet.map((name) => `--${name}`)],
  })
}

/** What axe-core finds wrong on the page, its shadow roots included, as `rule: element`. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the debugger, as a strict content security policy lets no foreign script tag in. Once a page: it has 650 KB.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await readFile(axePath, 'utf8'))
  const report = `axe.run(document, { resultTypes: ['violations'] }).then((result) =>
    result.violations.flatMap((fault) => fault.nodes.map((node) => fault.id + ': ' + node.html.slice(0, 120))))`
  return page.evaluate<string[]>(report)
}

/** Pixels by which the page is wider than its window: 0 when nothing sticks out. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
}

/** Asks again until the answer fits, for as long as a page on a busy machine may take. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000, interval: 50 })
