// @ts-check
import { call } from './api.js'
import { button, during, make, part, say, wordsOf } from './dom.js'

/**
 * @typedef {{ tenant: string, name: string | null, state: 'connected' | 'disconnected' | 'never-connected',
 *   connectedAt: string | null, disconnectedAt: string | null, fault: string | null,
 *   budget: { per10s: number, today: number } | null }} Connection
 */

/** @type {Record<string, string>} */
const stateWords = { connected: 'Connected', disconnected: 'Disconnected', 'never-connected': 'Not connected yet' }

/** What is wrong and what to do. @type {Record<string, string>} */
const advice = {
  UNINSTALLED: 'Somebody removed the app in GoHighLevel. Leads wait here and go on when you connect again.',
  GHL_RECONNECT: 'GoHighLevel does not take our tokens any more. Leads wait here and go on when you connect again.',
  ENDING: 'GoHighLevel does not renew our tokens. Leads still go through, for two hours at most: connect again now.',
  DISCONNECTED: 'It was disconnected on this page. Leads wait here and go on when you connect again.',
  NEW: 'Connect sends you to GoHighLevel. Choose your agency there, not a single sub-account, and agree.',
}

/** Why GHL's page came back without a connection. @type {Record<string, string>} */
export const results = {
  denied: 'The agency was not connected: access was refused in GoHighLevel.',
  'not-begun-here':
    'That installation was not begun on this page, so it was not taken. Sign in and press Connect: it takes a minute.',
  expired: 'That took longer than 15 minutes, or the page was loaded twice. Press Connect again.',
  'no-delivery':
    'The delivery process does not answer, so the code could not be used. Start it and press Connect again.',
  BUSY: 'A store did not answer in time. Press Connect again.',
  GHL_CODE_REFUSED:
    'GoHighLevel did not take its own code, or a single sub-account was chosen. Press Connect and choose the agency.',
  GHL_OTHER_AGENCY: 'Another agency was chosen in GoHighLevel than the one that this key belongs to.',
  GHL_UNAVAILABLE: 'GoHighLevel does not answer. Try again in a minute.',
  GHL_RATE_LIMITED: 'GoHighLevel takes no more calls at the moment. Try again in a minute.',
  GHL_REFUSED: 'GoHighLevel refused the app. Compare client id, secret and scopes.',
}

/** @param {() => string | null} tenantNow @param {(connected: boolean) => void} changed */
export function createConnection(tenantNow, changed) {
  const sure = /** @type {HTMLDialogElement} */ (part('sure'))
  button('connect').addEventListener('click', () => during(button('connect'), connect))
  button('retry').addEventListener('click', () => during(button('retry'), load))
  button('disconnect').addEventListener('click', () => sure.showModal())
  sure.addEventListener('close', () => {
    if (sure.returnValue === 'yes') void during(button('disconnect'), disconnect)
    sure.returnValue = ''
  })

  async function connect() {
    try {
      const tenant = tenantNow()
      const { url } = await call('POST', '/v1/ghl/connect', tenant === null ? {} : { tenant })
      location.assign(url)
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
  }

  async function disconnect() {
    try {
      show(await call('POST', '/v1/ghl/disconnect', { tenant: tenantNow() }))
      say('Disconnected. Leads wait until you connect again.')
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
  }

  async function load() {
    const tenant = tenantNow()
    if (tenant === null) return show(null)
    try {
      show(await call('GET', `/v1/ghl/connection?tenant=${encodeURIComponent(tenant)}`))
    } catch (error) {
      showFailure(wordsOf(error))
    }
  }

  /** @param {Connection | null} connection */
  function show(connection) {
    const { state, fault } = connection ?? { state: 'never-connected', fault: null }
    const connected = state === 'connected'
    showState(stateWords[state] ?? state, fault ? 'bad' : connected ? 'good' : '')
    part('facts').replaceChildren(...(connection ? factsOf(connection) : []))
    const reason =
      fault === 'GHL_RECONNECT' && connected
        ? 'ENDING'
        : (fault ?? (connected ? '' : state === 'disconnected' ? 'DISCONNECTED' : 'NEW'))
    showAdvice(advice[reason] ?? reason)
    button('connect').hidden = connected && !fault
    button('connect').textContent = state !== 'never-connected' ? 'Connect again' : 'Connect'
    button('disconnect').hidden = !connected
    button('retry').hidden = true
    changed(connected)
  }

  /** @param {string} text */
  function showFailure(text) {
    showState('Not known', 'bad')
    part('facts').replaceChildren()
    showAdvice(text)
    for (const id of ['connect', 'disconnect']) button(id).hidden = true
    button('retry').hidden = false
    changed(false)
  }

  return { load }
}

/** @param {string} text @param {string} kind */
function showState(text, kind) {
  const state = part('state')
  state.className = `state ${kind}`
  const words = /** @type {HTMLElement} */ (state.querySelector('span'))
  words.textContent = text
}

/** @param {string} text */
function showAdvice(text) {
  part('advice').textContent = text
  part('advice').hidden = text === ''
}

/** @param {Connection} connection @returns {Node[]} */
function factsOf({ tenant, name, state, connectedAt, disconnectedAt, budget }) {
  /** @type {[string, string | null][]} */
  const rows = [
    ['Agency', name],
    ['Id', tenant],
    ['Since', day(state === 'connected' ? connectedAt : disconnectedAt)],
    ['Calls left', budget ? `${count(budget.per10s)} of 100 now, ${count(budget.today)} of 200,000 today` : null],
  ]
  return rows.flatMap(([term, value]) => (value === null ? [] : [make('dt', '', term), make('dd', '', value)]))
}

/** @param {number} value */
const count = (value) => value.toLocaleString('en')
/** @param {string | null} at */
const day = (at) =>
  at === null ? null : new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })
