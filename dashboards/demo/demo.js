// @ts-check
import { whenFree } from '../widget/stream-slot.js'

/**
 * @typedef {{ decisionId: string, decidedAt: string, outcome: string, tier: string | null,
 *   locationName: string | null, why: string }} LiveDecision
 * @typedef {{ at: number, ago: HTMLElement }} Shown
 */

const rowsMax = 40
/** A second of reading between moves of the list, whatever the rate of leads. */
const redrawMs = 1_000
const rateWindowMs = 10_000
const beatEveryMs = 900

/** @type {Record<string, string>} */
const outcomeWords = { assigned: 'assigned', hq: 'to HQ', held: 'held', pond: 'pond', rejected: 'rejected' }
/** @type {Record<string, string>} */
const tierWords = {
  explicit: 'asked for by name',
  sticky: 'knows this customer',
  exclusive: 'exclusive territory',
  shared: 'shared territory',
  nearest: 'nearest',
  fallback: 'fallback',
}

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

const openedAtMs = Date.now()
const token =
  new URLSearchParams(location.search).get('token') ?? new URLSearchParams(location.hash.slice(1)).get('token')
if (token) start(token)
else part('notice').hidden = false

/** @param {string} token */
function start(token) {
  part('live').hidden = false
  part('embed').hidden = false
  const script = `<script async src="${location.origin}/widget/v1.js"></script>`
  // Keyboards reach what scrolls in every browser.
  for (const id of ['list', 'snippet']) part(id).tabIndex = 0
  part('snippet').textContent = `${script}\n<hexroute-conversion token="${token}" window="7d"></hexroute-conversion>`
  const stop = follow(token)
  const widget = document.createElement('hexroute-conversion')
  for (const [name, value] of Object.entries({ token, window: '7d', by: 'location', theme: 'auto' }))
    widget.setAttribute(name, value)
  let won = -1
  widget.addEventListener('hexroute-update', (event) => {
    const { state, total } = /** @type {CustomEvent} */ (event).detail
    if (state === 'error') {
      stop()
      return explain(
        'This token was not accepted',
        'It may be from an earlier run or cut off when it was copied. The table that npm start prints holds the right one.',
      )
    }
    if (total && won !== -1 && total.won !== won) beat('flow-conversion')
    if (total) won = total.won
  })
  part('figures').append(widget)
}

/** @param {string} title @param {string} text */
function explain(title, text) {
  part('notice-title').textContent = title
  part('notice-text').textContent = text
  part('notice').hidden = false
  part('live').hidden = true
  part('embed').hidden = true
}

/** Shows decisions as they are made, until it is told to stop. @param {string} token */
function follow(token) {
  /** @type {LiveDecision[]} newest first, not yet in the list */
  let waiting = []
  /** @type {Set<string>} a stream that reconnects may tell a decision again */
  const seen = new Set()
  const counters = countDecisions()
  const list = decisionList()
  /** @type {EventSource | undefined} */
  let stream
  const listen = () => {
    clearTimeout(late)
    stream = new EventSource(`/v1/live?${new URLSearchParams({ token, window: '7d', by: 'location' })}`)
    stream.onopen = () => showState(true)
    stream.onerror = () => showState(false)
    stream.addEventListener('decision', (event) => {
      /** @type {LiveDecision} */
      const decision = JSON.parse(event.data)
      if (seen.has(decision.decisionId)) return
      seen.add(decision.decisionId)
      waiting = [decision, ...waiting].slice(0, rowsMax)
      // The stream may begin with a few that were made before: they are shown and not counted.
      if (Date.parse(decision.decidedAt) >= openedAtMs) counters.add(decision.outcome)
      beat('flow-decision')
    })
  }
  const late = setTimeout(() => {
    part('state-text').textContent = 'other tabs hold all live connections: close one'
  }, 2_000)
  const giveBack = whenFree(listen)
  setInterval(() => {
    counters.show()
    if (list.add(waiting)) waiting = []
    if (seen.size > 10_000) seen.clear()
  }, redrawMs)
  return () => {
    clearTimeout(late)
    stream?.close()
    giveBack()
  }
}

/** @param {boolean} live */
function showState(live) {
  part('state').classList.toggle('live', live)
  part('state-text').textContent = live ? 'live' : 'reconnecting…'
}

function countDecisions() {
  let decided = 0
  let assigned = 0
  /** @type {number[]} instants of the last ten seconds */
  let recent = []
  return {
    /** @param {string} outcome */
    add(outcome) {
      decided += 1
      if (outcome === 'assigned') assigned += 1
      recent.push(Date.now())
    },
    show() {
      const now = Date.now()
      recent = recent.filter((at) => at > now - rateWindowMs)
      const seconds = Math.min(rateWindowMs, now - openedAtMs) / 1_000
      part('decided').textContent = decided.toLocaleString('en')
      part('per-second').textContent = (recent.length / seconds).toFixed(1)
      part('assigned').textContent = decided === 0 ? '–' : `${((100 * assigned) / decided).toFixed(1)}%`
    },
  }
}

/** Stands still while a pointer rests on it, while it is scrolled, or when told to. */
function decisionList() {
  const list = part('list')
  const pause = part('pause')
  /** @type {Shown[]} */
  let shown = []
  let paused = false
  pause.addEventListener('click', () => {
    paused = !paused
    pause.setAttribute('aria-pressed', String(paused))
    pause.textContent = paused ? 'Continue list' : 'Pause list'
  })
  return {
    /** @param {LiveDecision[]} decisions newest first @returns {boolean} whether they were taken */
    add(decisions) {
      for (const { at, ago } of shown) ago.textContent = agoText(Date.now() - at)
      if (paused || list.matches(':hover') || list.scrollTop > 0) return false
      if (decisions.length === 0) return true
      part('waiting').hidden = true
      for (const row of list.querySelectorAll('.new')) row.classList.remove('new')
      const rows = decisions.map(decisionRow)
      list.prepend(...rows.map(({ item }) => item))
      shown = [...rows, ...shown].slice(0, rowsMax)
      while (list.children.length > rowsMax) list.lastElementChild?.remove()
      return true
    },
  }
}

/** @param {LiveDecision} decision @returns {Shown & { item: HTMLElement }} */
function decisionRow({ decidedAt, outcome, tier, locationName, why }) {
  const at = Date.parse(decidedAt)
  const ago = make('span', 'ago', agoText(Date.now() - at))
  const name = make(
    'b',
    '',
    locationName ?? (outcome === 'hq' ? 'Head office' : outcome === 'rejected' ? 'No location' : 'No location yet'),
  )
  const place = make('span', 'place', name, make('span', 'tier', tier ? (tierWords[tier] ?? tier) : ''))
  const chip = make('span', `outcome ${outcomeWords[outcome] ? outcome : ''}`, outcomeWords[outcome] ?? outcome)
  return { at, ago, item: make('li', 'new', chip, place, ago, make('span', 'why', why)) }
}

/** @param {number} ms */
function agoText(ms) {
  if (ms < 2_000) return 'now'
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s ago`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min ago`
  return `${Math.round(ms / 3_600_000)} h ago`
}

/** Text enters as text: a location's name may hold markup. @param {string} tag @param {string} className @param {(Node | string)[]} children */
function make(tag, className, ...children) {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

/** One pulse of a hop in the flow, at most one a second. @param {string} id */
function beat(id) {
  const icon = part(id).querySelector('svg')
  if (!icon || icon.classList.contains('beat')) return
  icon.classList.add('beat')
  setTimeout(() => icon.classList.remove('beat'), beatEveryMs)
}
