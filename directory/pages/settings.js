// @ts-check
import { call } from './api.js'
import { field, part, wordsOf } from './dom.js'

/**
 * @typedef {{ pipeline?: string, stage?: string, note?: boolean, owner?: boolean, leadIdField?: string | null,
 *   workflow?: string | null }} Settings
 */

/** The agency's own settings of write-back: what is left empty is not said, so the default holds. @param {() => string | null} tenantNow */
export function createSettings(tenantNow) {
  const path = () => `/v1/delivery-settings/agency/${encodeURIComponent(tenantNow() ?? '')}`
  field('no-lead-id').addEventListener('change', () => {
    field('lead-id-field').disabled = field('no-lead-id').checked
  })
  part('settings-form').addEventListener('submit', (event) => {
    event.preventDefault()
    void save()
  })

  async function load() {
    // Not before they are there: what somebody has typed by then would be overwritten.
    part('settings').hidden = true
    if (tenantNow() === null) return
    said('')
    try {
      show(await call('GET', path()))
    } catch (error) {
      said(wordsOf(error), true)
    }
    part('settings').hidden = tenantNow() === null
  }

  async function save() {
    said('Saving…')
    try {
      show(await call('PUT', path(), read()))
      said('Saved. It acts within ten seconds.')
    } catch (error) {
      said(wordsOf(error), true)
    }
  }

  return { load }
}

/** @param {Settings} settings */
function show({ pipeline = '', stage = '', note = true, owner = true, leadIdField, workflow }) {
  field('pipeline').value = pipeline
  field('stage').value = stage
  field('workflow').value = workflow ?? ''
  field('lead-id-field').value = leadIdField ?? ''
  field('no-lead-id').checked = leadIdField === null
  field('lead-id-field').disabled = leadIdField === null
  field('note').checked = note
  field('owner').checked = owner
}

/** @returns {Settings} */
function read() {
  const text = (/** @type {string} */ id) => field(id).value.trim() || undefined
  const leadIdField = field('no-lead-id').checked ? null : text('lead-id-field')
  const said = { pipeline: text('pipeline'), stage: text('stage'), workflow: text('workflow'), leadIdField }
  const known = Object.entries(said).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(known), note: field('note').checked, owner: field('owner').checked }
}

/** @param {string} text @param {boolean} [bad] */
function said(text, bad = false) {
  part('settings-said').textContent = text
  part('settings-said').className = bad ? 'bad' : ''
}
