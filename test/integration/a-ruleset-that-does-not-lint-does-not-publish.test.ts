import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { rulesetHash } from '../../directory/steps/ruleset-hash.ts'
import { rulesetOf, seedAgencies, startDirectory, type TestDirectory } from '../support/directory.ts'

const NOWHERE = [{ locationId: 'nowhere', metric: 'leads' as const, window: 'day' as const, limit: 5 }]

let directory: TestDirectory
const call: TestDirectory['call'] = (...request) => directory.call(...request)
const draft = async (document: object): Promise<string> => (await call('POST', '/v1/rulesets', document)).body.id
const publish = async (document: object) => call('POST', `/v1/rulesets/${await draft(document)}/publish`)
const running = async () =>
  (await directory.pool.query(`SELECT * FROM hexroute.rulesets WHERE tenant = 'agencyA' AND state = 'published'`)).rows
const audited = async (subject: string) =>
  (
    await directory.pool.query<{ action: string; detail: Record<string, unknown>; key_id: string | null }>(
      'SELECT action, detail, key_id FROM hexroute.audit_log WHERE subject = $1 ORDER BY at, id',
      [subject],
    )
  ).rows

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
})
afterAll(() => directory?.stop())
beforeEach(async () => {
  directory.setNow(null)
  await directory.pool.query(`DELETE FROM hexroute.rulesets WHERE state IN ('draft', 'scheduled')`)
})

describe('a ruleset is drafted, looked through, published and rolled back', () => {
  it('from draft to published, with the locations and users of that moment, under the hash of all three', async () => {
    const user = {
      ...{ id: 'u1', tenant: 'agencyA', locationId: 'north1', name: 'Uma', status: 'active', weight: 2 },
      ...{ calendarId: null, skills: ['repair'], languages: ['en'], leave: [] },
    }
    expect((await call('PUT', '/v1/users/u1', user)).status).toBe(200)
    const id = await draft(rulesetOf('30305'))
    expect((await call('POST', `/v1/rulesets/${id}/lint`)).body.findings.map(severityOf)).not.toContain('error')
    const answer = await call('POST', `/v1/rulesets/${id}/publish`)
    expect(answer).toMatchObject({ status: 200, body: { state: 'published', warnings: expect.any(Array) } })
    const [{ hash, document, locations, users }] = await running()
    expect(hash).toBe(answer.body.hash)
    expect(rulesetHash({ document, locations, users })).toBe(hash)
    expect(locations.map((location: { id: string }) => location.id)).toEqual(['north1', 'north2', 'south1'])
    const { status: _status, tenant: _tenant, ...fact } = user
    expect(users).toEqual([fact])
    expect(directory.announced.at(-1)).toBe('agencyA')
    expect((await audited(id)).map(({ action }) => action)).toEqual(['ruleset.draft', 'ruleset.publish'])
    expect((await audited(id)).every(({ key_id }) => key_id !== null)).toBe(true)
  })

  it('roll back restores identical rules: document, locations, users and hash', async () => {
    await publish(rulesetOf('30305'))
    const [before] = await running()
    await publish(rulesetOf('30309'))
    expect((await running())[0].hash).not.toBe(before.hash)
    await call('PUT', '/v1/locations/north1', { ...(await locationNorth1()), name: 'Renamed', weight: 9 })
    const answer = await call('POST', '/v1/rulesets/rollback', { tenant: 'agencyA' })
    expect(answer).toMatchObject({ status: 200, body: { hash: before.hash, state: 'published' } })
    const [after] = await running()
    const { published_at: _before, ...was } = before
    const { published_at: _after, ...is } = after
    expect(is).toEqual(was)
    expect(await running()).toHaveLength(1)
  })

  it('roll back to a named version, and to none that never was', async () => {
    const [first, second] = [await publish(rulesetOf('30305')), await publish(rulesetOf('30309'))]
    await publish(rulesetOf('30318'))
    const toFirst = { tenant: 'agencyA', hash: first.body.hash }
    expect((await call('POST', '/v1/rulesets/rollback', toFirst)).body.hash).toBe(first.body.hash)
    const toSecond = { tenant: 'agencyA', hash: second.body.hash }
    expect((await call('POST', '/v1/rulesets/rollback', toSecond)).body.hash).toBe(second.body.hash)
    const never = await call('POST', '/v1/rulesets/rollback', { tenant: 'agencyA', hash: '0'.repeat(64) })
    expect(never).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    expect((await running())[0].hash).toBe(second.body.hash)
  })

  it('ten publishers at once leave one published ruleset', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, (_, i) => draft(rulesetOf(String(30_300 + i)))))
    const answers = await Promise.all(ids.map((id) => call('POST', `/v1/rulesets/${id}/publish`)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(await running()).toHaveLength(1)
  })
})

describe('a ruleset that does not lint does not publish, and the running one stays', () => {
  it('the error names path and fix, all faults at once', async () => {
    await publish(rulesetOf('30305'))
    const [before] = await running()
    const territories = [{ ...rulesetOf('30305').territories[0]!, locationId: 'gone' }]
    const answer = await publish(rulesetOf('30305', { territories, caps: NOWHERE }))
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
    const errors = answer.body.findings.filter((finding: { severity: string }) => finding.severity === 'error')
    expect(errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['/territories/0/locationId', '/caps/0/locationId']),
    )
    expect(errors.every(({ message, fix }: Record<string, string>) => message && fix)).toBe(true)
    expect(answer.body.detail).toContain('/territories/0/locationId: ')
    expect(await running()).toEqual([before])
  })

  it('a document of the wrong form is not even stored, and each fault has its path and fix', async () => {
    const answer = await call('POST', '/v1/rulesets', {
      ...rulesetOf('3030'),
      caps: [{ locationId: 'north1', metric: 'leads', window: 'daily', limit: -1 }],
      Rules: [],
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
    expect(answer.body.findings.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/Rules',
      '/caps/0/limit',
      '/caps/0/window',
      '/territories/0/codes/0',
    ])
    expect((await call('GET', '/v1/rulesets?state=draft')).body.items).toEqual([])
  })

  it('drafts are edited and deleted, what was published is not', async () => {
    const id = await draft(rulesetOf('30305'))
    expect((await call('PUT', `/v1/rulesets/${id}?name=Spring`, rulesetOf('30309'))).status).toBe(200)
    const stored = (await call('GET', `/v1/rulesets/${id}`)).body
    expect([stored.name, stored.document]).toEqual(['Spring', rulesetOf('30309')])
    await call('POST', `/v1/rulesets/${id}/publish`)
    for (const answer of [
      await call('PUT', `/v1/rulesets/${id}`, rulesetOf('30318')),
      await call('DELETE', `/v1/rulesets/${id}`),
      await call('POST', `/v1/rulesets/${id}/publish`),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    const other = await draft(rulesetOf('30305'))
    expect((await call('DELETE', `/v1/rulesets/${other}`)).status).toBe(204)
    expect((await call('GET', `/v1/rulesets/${other}`)).status).toBe(404)
  })
})

describe('a scheduled ruleset', () => {
  const at = '2030-01-01T06:00:00.000Z'
  const schedule = async (document: RulesetDocument): Promise<string> => {
    directory.setNow(Date.parse(at) - 1)
    const id = await draft(document)
    const answer = await call('POST', `/v1/rulesets/${id}/publish`, { at: '2030-01-01T01:00:00-05:00' })
    expect(answer).toMatchObject({ status: 200, body: { state: 'scheduled', publishAt: at } })
    return id
  }

  it('takes over at its instant and not a millisecond before', async () => {
    await publish(rulesetOf('30305'))
    const id = await schedule(rulesetOf('30318'))
    await directory.publishDue()
    expect((await running())[0].id).not.toBe(id)
    directory.setNow(Date.parse(at))
    await directory.publishDue()
    expect((await running())[0]).toMatchObject({ id, publish_at: null })
    expect((await audited(id)).at(-1)).toMatchObject({
      action: 'ruleset.publish',
      key_id: null,
      detail: { tenant: 'agencyA' },
    })
  })

  it('is published once, however many directories look', async () => {
    const id = await schedule(rulesetOf('30318'))
    directory.setNow(Date.parse(at))
    await Promise.all(Array.from({ length: 8 }, directory.publishDue))
    expect((await audited(id)).filter(({ key_id }) => key_id === null)).toHaveLength(1)
    expect((await running())[0].id).toBe(id)
  })

  it('that no longer lints goes back to draft with the reason in the audit log, and the running one stays', async () => {
    await publish(rulesetOf('30305'))
    const [before] = await running()
    const id = await schedule(rulesetOf('30318', { caps: [{ ...NOWHERE[0]!, locationId: 'north2' }] }))
    await directory.pool.query(`DELETE FROM hexroute.locations WHERE id = 'north2'`)
    directory.setNow(Date.parse(at) + 1)
    await directory.publishDue()
    expect(await running()).toEqual([before])
    expect((await call('GET', `/v1/rulesets/${id}`)).body).toMatchObject({ state: 'draft', publishAt: null })
    expect((await audited(id)).at(-1)).toMatchObject({
      action: 'ruleset.publish-refused',
      detail: { findings: expect.arrayContaining([expect.objectContaining({ path: '/caps/0/locationId' })]) },
    })
  })

  it('can be taken back, and does not publish then', async () => {
    const id = await schedule(rulesetOf('30342'))
    expect((await call('POST', `/v1/rulesets/${id}/unschedule`)).body).toEqual({ id, state: 'draft' })
    directory.setNow(Date.parse(at) + 1)
    await directory.publishDue()
    expect((await running())[0].id).not.toBe(id)
  })
})

describe('who may', () => {
  it.each([
    ['region_manager', 200, 200, 403],
    ['analyst', 200, 200, 403],
    ['location_manager', 403, 403, 403],
    ['widget', 403, 403, 403],
  ])('%s: list %i, lint %i, publish %i', async (role, list, lint, publishing) => {
    const key = await directory.key(role)
    const id = await draft(rulesetOf('30305', { caps: NOWHERE }))
    expect((await call('GET', '/v1/rulesets', undefined, key)).status).toBe(list)
    expect((await call('POST', `/v1/rulesets/${id}/lint`, undefined, key)).status).toBe(lint)
    expect((await call('POST', `/v1/rulesets/${id}/publish`, undefined, key)).status).toBe(publishing)
    expect((await call('POST', '/v1/rulesets', rulesetOf('30305'), key)).status).toBe(403)
    expect((await call('POST', '/v1/rulesets/rollback', { tenant: 'agencyA' }, key)).status).toBe(403)
  })

  it("another agency's admin finds nothing", async () => {
    const key = await directory.key('admin', {}, 'agencyB')
    const id = await draft(rulesetOf('30305'))
    expect((await call('GET', `/v1/rulesets/${id}`, undefined, key)).status).toBe(404)
    expect((await call('POST', `/v1/rulesets/${id}/publish`, undefined, key)).status).toBe(404)
    expect((await call('POST', '/v1/rulesets', rulesetOf('30305'), key)).status).toBe(403)
    expect((await call('GET', '/v1/rulesets', undefined, key)).body.items).toEqual([])
  })
})

describe('the map of a ruleset', () => {
  it('coverage tells who serves which ZIPs, and lint which nobody serves', async () => {
    const id = await draft(rulesetOf('30305'))
    const { zips, countries } = (await call('GET', `/v1/rulesets/${id}/coverage`)).body
    expect([countries, zips.counts.covered, zips.samples.covered]).toEqual([
      ...[['US'], 1, [{ id: '30305', locationIds: ['north1'] }]],
    ])
    expect(zips.counts.uncovered).toBeGreaterThan(30_000)
    const { findings } = (await call('POST', `/v1/rulesets/${id}/lint`)).body
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'UNCOVERED_ZIPS' }))
  })

  it('a diff tells what changes by path, and which places change hands', async () => {
    await publish(rulesetOf('30305'))
    const [{ id: publishedId, hash }] = await running()
    const caps = [{ locationId: 'north1', metric: 'leads' as const, window: 'day' as const, limit: 9 }]
    const wanted = {
      against: { id: publishedId, hash },
      changes: [
        { path: '/caps/north1 leads day/limit', kind: 'changed', before: 5, after: 9 },
        { path: '/territories/t/codes', kind: 'removed', before: ['30305'], after: null },
        { path: '/territories/t/codes', kind: 'added', before: null, after: ['30309'] },
      ],
      territories: {
        codes: [
          { from: [], to: ['north1'], count: 1, samples: ['30309'] },
          { from: ['north1'], to: [], count: 1, samples: ['30305'] },
        ].sort((a, b) => (a.samples[0]! < b.samples[0]! ? -1 : 1)),
      },
    }
    const document = rulesetOf('30309', { caps })
    expect((await call('POST', '/v1/rulesets/diff', document)).body).toMatchObject(wanted)
    const id = await draft(document)
    expect((await call('GET', `/v1/rulesets/${id}/diff?against=published`)).body).toMatchObject(wanted)
    expect((await call('GET', `/v1/rulesets/${id}/diff?against=${id}`)).body.changes).toEqual([])
  })

  it('two exclusive circles that meet are a warning that names both, on publishing too', async () => {
    const circle = (id: string, locationId: string) => ({
      ...{ id, locationId, exclusive: true, kind: 'radius' as const, latitude: 33.8, longitude: -84.4, radiusKm: 5 },
    })
    const answer = await publish(rulesetOf('30305', { territories: [circle('c1', 'north1'), circle('c2', 'south1')] }))
    expect(answer.status).toBe(200)
    expect(answer.body.warnings).toContainEqual(
      expect.objectContaining({ code: 'OVERLAPPING_EXCLUSIVE', message: expect.stringMatching(/c1 and c2/) }),
    )
  })
})

it('territories, caps and calendars of the published ruleset are listed by page', async () => {
  const caps = [5, 6, 7].map((limit) => ({ ...NOWHERE[0]!, locationId: 'north1', limit, window: 'day' as const }))
  const windows = ['day', 'week', 'month'] as const
  const document = rulesetOf('30305', {
    caps: caps.map((cap, i) => ({ ...cap, window: windows[i]! })),
    calendars: [{ id: 'office', weekly: { mon: ['09:00-17:00'] } }],
  })
  expect((await publish(document)).status).toBe(200)
  const first = await call('GET', '/v1/caps?tenant=agencyA&limit=2')
  const rest = await call('GET', `/v1/caps?tenant=agencyA&limit=2&cursor=${first.body.next}`)
  expect([...first.body.items, ...rest.body.items]).toEqual(document.caps)
  expect(rest.body.next).toBe(null)
  expect((await call('GET', '/v1/territories?tenant=agencyA')).body.items).toEqual(document.territories)
  expect((await call('GET', '/v1/calendars?tenant=agencyA')).body.items).toEqual(document.calendars)
  expect((await call('GET', '/v1/caps')).body).toMatchObject({ code: 'BAD_REQUEST' })
})

const severityOf = ({ severity }: { severity: string }): string => severity
const locationNorth1 = async () =>
  (await call('GET', '/v1/locations')).body.items.find(({ id }: { id: string }) => id === 'north1')
