// @ts-check
import { metrics } from './metrics.js'
import { whenFree } from './stream-slot.js'

/** @typedef {import('./metrics.js').Figures} Figures */
/** @typedef {import('./metrics.js').Row} Row */
/** @typedef {{ by: string, window: string, asOf: string, total: Figures, rows: Row[] }} Answer */
/** @typedef {{ streaming: boolean, takenAtMs: number, problem: string, answer: Answer | null,
 * regions: Map<string, string> | null, close: () => void }} Feed */

const pollMs = 5_000
/** With a stream too: the window moves on without events, and a stream may be dead. */
const refreshMs = 60_000
const streamRetryMs = 30_000
const requestMsMax = 4_000
export const problems = {
  token: 'This token is not valid or was revoked. Ask whoever runs hexroute for a new one.',
  missing: 'No token is set. Add token="…" to this element.',
  request: 'The server does not know these settings: check metric, window, by and src.',
}
/** @type {Feed} */
export const idle = { streaming: false, takenAtMs: 0, problem: '', answer: null, regions: null, close() {} }

/** @param {Answer} answer */
const figuresOf = (answer) => JSON.stringify({ ...answer, asOf: '' })

/**
 * Figures as they come: by event stream, and by a plain request every 5 s while there is none. Requests carry the tag
 * of the last answer, by the browser's cache, so that what is the same comes without a body.
 * @param {string} base @param {string} metric @param {{ token: string, window: string, by: string }} query
 * @param {(feed: Feed) => void} changed
 */
export const follow = (base, metric, query, changed) => {
  /** @type {Feed} */
  const feed = { ...idle }
  let closed = false
  let timer = 0
  let heardAtMs = 0
  /** @type {EventSource | undefined} */
  let stream
  let giveBack = () => {}
  /** @param {string} by @returns {Promise<{ status: number, body: Answer | null }>} */
  const get = async (by) => {
    const url = `${base}/v1/${metric}?${new URLSearchParams({ ...query, by })}`
    const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(requestMsMax) })
    return { status: answer.status, body: answer.ok ? await answer.json() : null }
  }
  /** @param {Answer} next */
  const take = (next) => {
    feed.takenAtMs = Date.now()
    // An answer may arrive after a newer event.
    if (!feed.answer || next.asOf >= feed.answer.asOf) feed.answer = next
    changed(feed)
  }
  /** @param {number} ms */
  const pollIn = (ms) => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(poll, ms)
  }
  const leaveStream = () => {
    stream?.close()
    giveBack()
    feed.streaming = false
    if (!closed) setTimeout(listen, streamRetryMs)
  }
  /** What the answer says and the stream does not, it must say soon; else a proxy holds it back. @param {Answer} body */
  const watch = (body) => {
    if (!feed.streaming || !feed.answer || figuresOf(body) === figuresOf(feed.answer)) return
    const atMs = Date.now()
    setTimeout(() => {
      if (closed || !feed.streaming || heardAtMs >= atMs) return
      leaveStream()
      void poll()
    }, pollMs)
  }
  const poll = async () => {
    pollIn(feed.streaming ? refreshMs : pollMs)
    const { status, body } = await get(query.by).catch(() => ({ status: 503, body: null }))
    const isNamed = feed.regions || query.by === 'region' || metrics[metric]?.rows
    const named = body && !isNamed ? await get('region').catch(() => null) : null
    if (closed) return
    if (body) {
      feed.regions ??= new Map(named?.body?.rows.map(({ id, name }) => [id, name]))
      watch(body)
      return take(body)
    }
    if (status === 401 || status === 403) feed.problem = problems.token
    else if (status < 500 && status !== 408 && status !== 429) feed.problem = problems.request
    if (feed.problem) feed.close()
    changed(feed)
  }
  const listen = () => {
    if (!closed) giveBack = whenFree(openStream)
  }
  const openStream = () => {
    const source = new EventSource(`${base}/v1/live?${new URLSearchParams({ ...query, decisions: 'false' })}`)
    stream = source
    const turn = () => {
      if (stream !== source) return
      feed.streaming = source.readyState === EventSource.OPEN
      if (source.readyState === EventSource.CLOSED) leaveStream()
      // Spread out: after a restart every page comes at once.
      if (!feed.streaming) pollIn(Math.random() * 1_000)
      changed(feed)
    }
    source.onopen = turn
    source.onerror = turn
    source.addEventListener('conversion', (event) => {
      heardAtMs = Date.now()
      take(JSON.parse(event.data))
    })
  }
  feed.close = () => {
    closed = true
    clearTimeout(timer)
    stream?.close()
    giveBack()
  }
  if (metrics[metric]?.live) listen()
  void poll()
  return feed
}
