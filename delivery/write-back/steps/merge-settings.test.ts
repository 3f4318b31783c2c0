import { expect, test } from 'vitest'
import { defaultSettings, mergeSettings } from './merge-settings.ts'

test('the location is heard before its region, the region before the agency, the agency before the default', () => {
  expect(mergeSettings({})).toEqual(defaultSettings)
  const merged = mergeSettings({
    agency: { pipeline: 'Sales', stage: 'New', workflow: 'Welcome', note: false },
    region: { workflow: null, owner: false },
    location: { note: true, leadIdField: 'Lead' },
  })
  expect(merged).toEqual({
    pipeline: 'Sales',
    stage: 'New',
    workflow: null,
    owner: false,
    note: true,
    leadIdField: 'Lead',
  })
})

test('a stage is of the pipeline that was named with it: another pipeline does not inherit it', () => {
  const agency = { pipeline: 'Sales', stage: 'New' }
  expect(mergeSettings({ agency, location: { pipeline: 'Service' } })).toMatchObject({
    pipeline: 'Service',
    stage: null,
  })
  expect(mergeSettings({ agency, location: { stage: 'Hot' } })).toMatchObject({ pipeline: 'Sales', stage: 'Hot' })
})
