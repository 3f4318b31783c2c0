// @ts-check
import { call, Problem, session } from './api.js'
import { createConnection, results } from './connection.js'
import { button, during, field, make, part, say, wordsOf } from './dom.js'
import { createSettings } from './settings.js'
import { createSubAccounts } from './sub-accounts.js'

/** @typedef {{ id: string, name: string }} Agency */

/** Of the agency that is shown; null: none is known yet, connecting makes the first. @type {string | null} */
let tenant = null
const tenantNow = () => tenant
const subAccounts = createSubAccounts(tenantNow)
const settings = createSettings(tenantNow)
const connection = createConnection(tenantNow, (connected) => void subAccounts.start(connected))
const chooser = /** @type {HTMLSelectElement} */ (part('agency'))
/** Stands for an agency that is not here yet. */
const newAgency = ''

part('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const submit = /** @type {HTMLButtonElement} */ (part('sign-in-form').querySelector('button'))
  session.keep(field('key').value.trim())
  void during(submit, open)
})
button('sign-out').addEventListener('click', () => {
  session.end()
  say('Signed out.')
  showSignIn()
})
chooser.addEventListener('change', () => void show(chooser.value === newAgency ? null : chooser.value))

const result = new URLSearchParams(location.search).get('result')
if (result !== null) history.replaceState(null, '', location.pathname)
if (session.key()) void open().then(() => tellResult())
else {
  showSignIn()
  tellResult()
}

async function open() {
  try {
    say('')
    const agencies = await allAgencies()
    field('key').value = ''
    part('sign-in').hidden = true
    part('signed-in').hidden = false
    part('who').hidden = false
    offer(agencies)
    await show(agencies[0]?.id ?? null)
  } catch (error) {
    session.end()
    showSignIn()
    const isKey = error instanceof Problem && (error.status === 401 || error.status === 403)
    say(isKey ? 'This key was not accepted: it is wrong, revoked, or of another role.' : wordsOf(error), 'bad')
  }
}

/** @returns {Promise<Agency[]>} */
async function allAgencies() {
  /** @type {Agency[]} */
  const all = []
  let cursor = ''
  do {
    const page = await call('GET', `/v1/agencies?limit=500&cursor=${encodeURIComponent(cursor)}`)
    all.push(...page.items)
    cursor = page.next ?? ''
  } while (cursor !== '')
  return all
}

/** @param {Agency[]} agencies */
function offer(agencies) {
  const option = (/** @type {string} */ value, /** @type {string} */ text) => {
    const choice = /** @type {HTMLOptionElement} */ (make('option', '', text))
    choice.value = value
    return choice
  }
  chooser.replaceChildren(...agencies.map(({ id, name }) => option(id, name)), option(newAgency, 'Another agency…'))
  part('agency-box').hidden = agencies.length === 0
}

/** @param {string | null} id */
async function show(id) {
  tenant = id
  subAccounts.reset()
  await Promise.all([connection.load(), settings.load()])
}

function showSignIn() {
  part('sign-in').hidden = false
  part('signed-in').hidden = true
  part('who').hidden = true
  field('key').focus()
}

function tellResult() {
  if (result === 'connected') say('Connected. Now switch on the sub-accounts that take leads in.')
  else if (result !== null) say(results[result] ?? `GoHighLevel answered ${result.slice(0, 60)}.`, 'bad')
}
