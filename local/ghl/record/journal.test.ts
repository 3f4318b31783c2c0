import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Change } from './apply.ts'
import { openJournal } from './journal.ts'
import type { Contact, Hook } from './state.ts'

const contact: Contact = {
  id: 'c1',
  locationId: 'l1',
  madeBy: 'api',
  dateAdded: '2026-01-01T00:00:00.000Z',
  dateUpdated: '2026-01-01T00:00:00.000Z',
  tags: [],
  customFields: [],
  fields: { email: 'A@example.com', phone: '+14045550142' },
}
const hook: Hook = {
  webhookId: 'w1',
  kind: 'fate',
  type: 'OpportunityStatusUpdate',
  locationId: 'l1',
  body: '{}',
  tells: { opportunityId: 'o1', status: 'won' },
}
const story: Change[] = [
  { k: 'organisation', organisation: { companyId: 'co', locations: [{ id: 'l1', name: 'One', intake: false }] } },
  { k: 'contact', contact },
  { k: 'slot', lead: true },
  { k: 'hook', hook },
  { k: 'hook', hook: { ...hook, webhookId: 'w2' } },
  { k: 'verdict', webhookId: 'w1', verdict: 'accepted' },
  { k: 'again', webhookId: 'w1' },
  { k: 'refresh', token: 'r1', uses: 1 },
]

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hexroute-journal-'))
})

describe('journal', () => {
  test('what was committed is there after reopening, and after reopening the shortened file', async () => {
    const first = await openJournal(dir)
    for (const change of story) await first.commit([change])
    const second = await openJournal(dir)
    expect(second.state).toEqual(first.state)
    const third = await openJournal(dir)
    expect(third.state).toEqual(first.state)
    expect(third.state.counts).toMatchObject({ sentUnique: 1, accepted: 1, duplicates: 1 })
    expect([...third.state.pending.keys()]).toEqual(['w2'])
    expect([...third.state.told.get('o1')!]).toEqual(['won'])
    await Promise.all([first.close(), second.close(), third.close()])
  })

  test('a commit is on disk when its promise resolves', async () => {
    const journal = await openJournal(dir)
    await Promise.all(story.map((change) => journal.commit([change])))
    const lines = readFileSync(join(dir, 'journal.jsonl'), 'utf8').trim().split('\n')
    expect(lines.slice(-story.length).map((line) => JSON.parse(line))).toEqual(story.map((change) => [change]))
    await journal.close()
  })

  test('a line cut short by a kill is left out, the rest stands', async () => {
    const journal = await openJournal(dir)
    await journal.commit(story)
    await journal.close()
    appendFileSync(join(dir, 'journal.jsonl'), '[{"k":"contact","contact":{"id":"c2","loc')
    const after = await openJournal(dir)
    expect(after.state).toEqual(journal.state)
    await after.commit([{ k: 'slot', lead: false }])
    await after.close()
    const again = await openJournal(dir)
    expect(again.state.slots).toBe(2)
    await again.close()
  })

  test('an answered webhook keeps no body', async () => {
    const journal = await openJournal(dir)
    await journal.commit([...story, { k: 'verdict', webhookId: 'w2', verdict: 'abandoned' }])
    await journal.close()
    await (await openJournal(dir)).close()
    expect(readFileSync(join(dir, 'journal.jsonl'), 'utf8')).not.toContain('"body"')
  })
})
