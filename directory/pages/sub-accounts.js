// @ts-check
import { call, Problem } from './api.js'
import { button, during, field, make, part, say, wordsOf } from './dom.js'

/**
 * @typedef {{ id: string, name: string, address: string | null, timeZone: string | null, installed: boolean,
 *   use: 'intake' | 'location' | 'none' }} SubAccount
 * @typedef {{ known: number, installed: number, intakes: number, locations: number, unread: number }} Counts
 */

const pageSize = 50
const typingMs = 250
/** After connecting GHL is read in the background. */
const lookAgainMs = 2_000
const looksMax = 15

/** The list by pages: ten thousand sub-accounts are never asked for at once. @param {() => string | null} tenantNow */
export function createSubAccounts(tenantNow) {
  /** @type {string | null} */
  let next = null
  let asked = 0
  let looks = 0
  let connected = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let looking

  const again = () => {
    clearTimeout(typing)
    typing = setTimeout(() => void load(), typingMs)
  }
  field('search').addEventListener('input', again)
  part('show').addEventListener('change', () => void load())
  part('find').addEventListener('submit', (event) => {
    event.preventDefault()
    void load()
  })
  button('more').addEventListener('click', () => during(button('more'), () => page(next ?? '')))
  button('read').addEventListener('click', () => during(button('read'), readAgain))

  async function load() {
    clearTimeout(typing)
    await page('')
  }

  /** @param {string} cursor */
  async function page(cursor) {
    const tenant = tenantNow()
    asked += 1
    const mine = asked
    if (tenant === null) return clear('Connect the agency first: its sub-accounts are listed here then.')
    if (cursor === '' && part('list').childElementCount === 0) clear('Loading…')
    const query = new URLSearchParams({ tenant, cursor, limit: String(pageSize) })
    query.set('search', field('search').value.trim())
    query.set('show', field('show').value)
    try {
      const answer = await call('GET', `/v1/ghl/sub-accounts?${query}`)
      // A slower answer to an earlier question changes nothing.
      if (mine === asked) show(answer, cursor === '')
    } catch (error) {
      if (mine === asked) clear(wordsOf(error))
    }
  }

  async function readAgain() {
    try {
      say('')
      showCounts(await call('POST', '/v1/ghl/sub-accounts/read', { tenant: tenantNow() }))
      await load()
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
  }

  /** @param {{ items: SubAccount[], next: string | null, counts: Counts }} answer @param {boolean} fresh */
  function show({ items, next: after, counts }, fresh) {
    const rows = items.map((place) => row(place, tenantNow, showCounts))
    if (fresh) part('list').replaceChildren(...rows)
    else part('list').append(...rows)
    next = after
    button('more').hidden = after === null
    showCounts(counts)
    const isEmpty = part('list').childElementCount === 0
    part('empty').hidden = !isEmpty
    part('empty').textContent = counts.known > 0 ? 'No sub-account fits this search.' : emptyWords()
    if ((counts.known === 0 || counts.unread > 0) && connected && looks < looksMax) {
      looks += 1
      clearTimeout(looking)
      looking = setTimeout(() => void lookAgain(), lookAgainMs)
    }
  }

  /** What somebody is about to say of a sub-account is not taken from his hands. */
  const lookAgain = () => (part('list').querySelector('.zone') ? undefined : load())

  const emptyWords = () =>
    connected
      ? 'Reading the sub-accounts from GoHighLevel… If none come, press "Read again from GoHighLevel".'
      : 'No sub-accounts are known. Connect the agency, then they are read from GoHighLevel.'

  /** @param {string} text */
  function clear(text) {
    part('list').replaceChildren()
    part('counts').textContent = ''
    button('more').hidden = true
    part('empty').hidden = false
    part('empty').textContent = text
  }

  return {
    /** @param {boolean} isConnected */
    start: (isConnected) => {
      connected = isConnected
      looks = 0
      button('read').hidden = !isConnected
      return load()
    },
    reset: () => clear('Loading…'),
  }
}

/** @param {Counts} counts */
function showCounts({ known, installed, intakes, locations, unread }) {
  const n = (/** @type {number} */ value) => value.toLocaleString('en')
  const words = [
    `${n(known)} in GoHighLevel`,
    `${n(installed)} with the app`,
    `${n(intakes)} take leads in`,
    `${n(locations)} receive leads`,
    ...(unread > 0 ? ['reading their names…'] : []),
  ]
  part('counts').textContent = known === 0 ? '' : words.join(' · ')
}

/**
 * @param {SubAccount} place
 * @param {() => string | null} tenantNow
 * @param {(counts: Counts) => void} counted
 */
function row(place, tenantNow, counted) {
  const name = make('div', '', make('b', '', place.name))
  const facts = [place.address, place.timeZone, place.id].filter((text) => text).join(' · ')
  name.append(make('small', '', facts))
  const app = make('span', place.installed ? 'app' : 'app missing', place.installed ? 'App installed' : 'App missing')
  const item = make('li', '', name, app)
  if (place.use === 'location') item.append(make('span', 'role', 'Receives leads'))
  else item.append(intakeSwitch(place, item, tenantNow, counted))
  return item
}

/**
 * @param {SubAccount} place
 * @param {HTMLElement} item
 * @param {() => string | null} tenantNow
 * @param {(counts: Counts) => void} counted
 */
function intakeSwitch(place, item, tenantNow, counted) {
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.setAttribute('role', 'switch')
  box.checked = place.use === 'intake'
  box.setAttribute('aria-label', `${place.name} takes leads in`)
  /** @param {string} [timeZone] */
  const put = async (timeZone) => {
    const wanted = box.checked
    box.disabled = true
    try {
      const tenant = encodeURIComponent(tenantNow() ?? '')
      const body = { use: wanted ? 'intake' : 'none', ...(timeZone ? { timeZone } : {}) }
      const path = `/v1/ghl/sub-accounts/${encodeURIComponent(place.id)}?tenant=${tenant}`
      await call('PUT', path, body)
      say(wanted ? `New contacts of ${place.name} are leads from now on.` : `${place.name} takes no leads in any more.`)
      item.querySelector('.zone')?.remove()
      const { counts } = await call('GET', `/v1/ghl/sub-accounts?limit=1&tenant=${tenant}`)
      counted(counts)
    } catch (error) {
      box.checked = !wanted
      if (error instanceof Problem && error.code === 'BAD_REQUEST' && wanted) askZone(item, box, put)
      else say(wordsOf(error), 'bad')
    } finally {
      box.disabled = false
      box.focus()
    }
  }
  box.addEventListener('change', () => void put())
  return make('label', 'switch', box, make('span', '', 'Takes leads in'))
}

/** @param {HTMLElement} item @param {HTMLInputElement} box @param {(timeZone: string) => Promise<void>} put */
function askZone(item, box, put) {
  if (item.querySelector('.zone')) return say('That is no time zone, such as America/New_York.', 'bad')
  const input = document.createElement('input')
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone
  input.required = true
  const form = make(
    'form',
    'zone',
    make('label', '', 'GoHighLevel names no time zone: '),
    input,
    make('button', '', 'Switch on'),
  )
  input.setAttribute('aria-label', 'Time zone of the sub-account, such as America/New_York')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    box.checked = true
    void put(input.value.trim())
  })
  item.append(form)
}
