// @ts-check
// <hexroute-conversion>. Names enter as text: markup is inert.
import { follow, idle, problems } from './feed.js'
import { metrics, windowText } from './metrics.js'
import { sheet } from './sheet.js'

/** @typedef {import('./feed.js').Answer} Answer */
/** @typedef {import('./feed.js').Feed} Feed */
/** @typedef {import('./metrics.js').Line} Line */
/** @typedef {import('./metrics.js').Metric} Metric */
/** @typedef {import('./metrics.js').Row} Row */

/** A busy hour is not read aloud. */
const announceEveryMs = 30_000
const byName = new Intl.Collator('en', { numeric: true }).compare
/** @type {Record<string, string>} */
const stateWords = { live: 'live', polling: 'every 5 s', error: 'stopped' }

/** @param {string} tag @param {string} className @param {(Node | string)[]} children */
const make = (tag, className, ...children) => {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

/** Tints a figure that changes. @param {HTMLElement} element @param {string} text */
const write = (element, text) => {
  const before = element.textContent
  if (before === text) return
  element.textContent = text
  const tint = { backgroundColor: 'color-mix(in srgb, var(--tint) 24%, transparent)' }
  if (before && !matchMedia('(prefers-reduced-motion: reduce)').matches)
    element.animate([tint, { backgroundColor: 'transparent' }], 1_400)
}

export class HexrouteConversion extends HTMLElement {
  /** Where the API is when `src` does not say so: where the script came from. */
  static home = location.origin
  static observedAttributes = ['token', 'metric', 'window', 'by', 'src']
  #words = make('span', '')
  #big = make('p', 'big')
  #sum = make('p', '')
  #note = make('p', '')
  #what = make('p', 'what')
  #groups = make('div', 'groups')
  #key = make('p', 'key')
  #said = make('p', 'quiet')
  #title = make('p', 'title')
  #head = make('header', '', this.#title, make('p', 'state', make('span', 'dot'), this.#words))
  #total = make('div', 'total', this.#big, this.#sum)
  #card = make('section', '', this.#head, this.#total, this.#what, this.#note, this.#groups, this.#key, this.#said)
  /** @type {Map<string, Record<'bar' | 'rate' | 'count', HTMLElement>>} */
  #lines = new Map()
  #order = ''
  #saidAtMs = 0
  #metric = /** @type {Metric} */ (metrics.conversion)
  /** @type {Feed | null} */
  #feed = null

  constructor() {
    super()
    this.#said.setAttribute('role', 'status')
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    root.append(this.#card)
  }

  connectedCallback() {
    this.#feed?.close()
    const token = this.getAttribute('token')
    const by = this.getAttribute('by') === 'region' ? 'region' : 'location'
    const query = { token: token ?? '', window: this.getAttribute('window') || '7d', by }
    const base = new URL(this.getAttribute('src') || HexrouteConversion.home, location.href).href.replace(/\/+$/, '')
    const name = this.getAttribute('metric') || 'conversion'
    const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined
    this.#metric = metric ?? this.#metric
    this.#title.textContent = this.#metric.title
    this.#card.setAttribute('aria-label', this.#metric.title)
    const problem = metric ? (token ? '' : problems.missing) : problems.request
    this.#feed = problem ? { ...idle, problem } : follow(base, name, query, (feed) => this.#show(feed))
    this.#show(this.#feed)
  }

  disconnectedCallback() {
    this.#feed?.close()
    this.#feed = null
  }

  attributeChangedCallback() {
    if (this.#feed) this.connectedCallback()
  }

  /** @param {Feed} feed */
  #show({ answer, problem, regions, streaming, takenAtMs }) {
    const metric = this.#metric
    const ageMs = Date.now() - takenAtMs
    const polled = ageMs < 7_000 ? 'polling' : ageMs < 15_000 ? 'reconnecting' : 'stale'
    const state = problem ? 'error' : !answer ? 'connecting' : streaming ? 'live' : polled
    const since = `as of ${new Date(takenAtMs).toLocaleTimeString()}`
    this.#card.className = state
    this.#words.textContent = state === 'stale' ? since : (stateWords[state] ?? `${state}…`)
    this.#note.textContent =
      problem || (answer?.total[metric.all] === 0 ? 'No leads yet. Figures come with the first.' : '')
    this.#note.className = problem ? 'problem' : 'empty'
    if (answer) {
      const { total, window } = answer
      write(this.#big, metric.big(total))
      write(this.#sum, metric.sum(total))
      this.#what.textContent = metric.what(windowText(window), total)
      if (regions) this.#rows(answer, regions)
    }
    if (problem) this.#said.textContent = problem
    else if (answer && Date.now() - this.#saidAtMs > announceEveryMs) {
      this.#saidAtMs = Date.now()
      this.#said.textContent = `${metric.title} ${this.#big.textContent}, ${this.#sum.textContent}`
    }
    const detail = { state, total: answer?.total }
    this.dispatchEvent(new CustomEvent('hexroute-update', { detail, bubbles: true }))
  }

  /** @param {Answer} answer @param {Map<string, string>} regions */
  #rows({ by, rows: places, total }, regions) {
    const { line, mean, group, bars, rows: own } = this.#metric
    // Places by name, never by figure: rows that change their place cannot be read.
    const rows = own?.(total) ?? places.toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id))
    /** @type {Map<string, Row[]>} */
    const groups = new Map()
    for (const row of rows) {
      const label = own || by === 'region' ? '' : (regions.get(row.regionId ?? '') ?? row.regionId ?? 'No region')
      groups.set(label, [...(groups.get(label) ?? []), row])
    }
    const ordered = [...groups].sort(([a], [b]) => byName(a, b))
    const order = JSON.stringify(ordered.map(([label, list]) => [label, list.map((row) => row.id + row.name)]))
    if (order !== this.#order) this.#groups.replaceChildren(...ordered.map(([label, list]) => this.#group(label, list)))
    this.#order = order
    const lines = rows.map(line)
    const best = Math.max(0, ...lines.map(({ share }) => share ?? 0))
    const scale = [0.1, 0.25, 0.5].find((step) => best <= step) ?? 1
    const at = mean(total)
    this.#groups.style.setProperty('--mean', `${(100 * (at ?? 0)) / scale}%`)
    this.#groups.classList.toggle('plain', at === null)
    const counts = [...lines, ...(group ? [line(total)] : [])].map(({ count }) => count.length)
    this.#groups.style.setProperty('--count', `${Math.max(...counts) - 1}ch`)
    this.#key.textContent = `${bars || 'Bars: '}0 to ${100 * scale}%.${at === null ? '' : ' Line: total.'}`
    if (group) for (const [label, list] of ordered) this.#fill(`region ${label}`, line(group(list)), scale)
    for (const row of rows) this.#fill(row.id, line(row), scale)
  }

  /** @param {string} label @param {Row[]} rows */
  #group(label, rows) {
    const list = make('ul', '', ...rows.map(({ id, name }) => this.#line('li', id, name)))
    return make('div', 'group', label ? this.#line('p', `region ${label}`, label) : '', list)
  }

  /** @param {string} tag @param {string} key @param {string} text */
  #line(tag, key, text) {
    const line = { bar: make('span', 'bar'), rate: make('span', 'rate'), count: make('span', 'count') }
    this.#lines.set(key, line)
    const name = make('span', 'name', make('bdi', '', text))
    name.title = text
    return make(tag, tag, name, make('span', 'track', line.bar), line.rate, line.count)
  }

  /** @param {string} key @param {Line} figures @param {number} scale */
  #fill(key, { rate, count, share }, scale) {
    const line = this.#lines.get(key)
    if (!line) return
    write(line.rate, rate)
    write(line.count, count)
    line.bar.style.inlineSize = `${(100 * (share ?? 0)) / scale}%`
  }
}
