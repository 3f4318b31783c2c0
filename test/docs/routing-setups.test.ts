import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { lintDraft } from '../../directory/steps/lint-draft.ts'
import { readSetup, runSetup } from '../support/run-setup.ts'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
const page = readFileSync(`${docs}/routing.md`, 'utf8')
const files = readdirSync(`${docs}/setups`).sort()
const setups = files.map((file) => ({ file, setup: readSetup(readFileSync(`${docs}/setups/${file}`, 'utf8')) }))

it('the page has the ten most usual set-ups, in the order of their files', () => {
  const titles = [...page.matchAll(/^### (\d+)\. (.+)$/gm)].map(([, number, title]) => [Number(number), title])
  expect(titles).toEqual(setups.map(({ setup: { title } }, i) => [i + 1, title]))
  expect(files).toHaveLength(10)
})

describe.each(setups)('$file', ({ file, setup }) => {
  const decisions = runSetup(setup)
  const section = sectionOf(setup.title)

  it('is published without an error and without a warning', () => {
    expect(lintDraft(setup.ruleset, setup, Date.parse(setup.leads[0]!.at))).toEqual([])
  })

  it.each(setup.leads.map((lead, i) => ({ ...lead, i })))(
    '$name: $expect.why',
    ({ expect: { why, shares, ...told }, i }) => {
      const all = decisions[i]!
      for (const decision of all) expect(decision).toMatchObject(told)
      if (shares) expect(sharesOf(all)).toEqual(shares)
      expect(all.at(-1)!.why).toBe(why)
    },
  )

  it('the page quotes it as it is: every sentence, its settings, its file', () => {
    const quoted = [...section.matchAll(/^> (.+)$/gm)].map(([, sentence]) => sentence)
    expect(quoted).toEqual(setup.leads.map(({ expect: { why } }) => why))
    const excerpts = [...section.matchAll(/```json\n(.+?)```/gs)].map(([, json]) => JSON.parse(json!) as object)
    expect(excerpts.length).toBeGreaterThan(0)
    const { users, locations } = setup
    for (const excerpt of excerpts) expect({ ...setup.ruleset, users, locations }).toMatchObject(excerpt)
    expect(section).toContain(`(setups/${file})`)
  })
})

function sectionOf(title: string): string {
  const [, after = ''] = page.split(new RegExp(`^### \\d+\\. ${title.replace(/[.*+?()[\]]/g, '\\$&')}$`, 'm'))
  return after.split(/^##/m)[0]!
}

function sharesOf(decisions: readonly Decision[]): Record<string, number> {
  const shares: Record<string, number> = {}
  for (const { locationId, userId } of decisions) {
    for (const id of [locationId, userId]) if (id !== null) shares[id] = (shares[id] ?? 0) + 1
  }
  return shares
}
