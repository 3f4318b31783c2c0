import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeliveryReply } from '../../contracts/delivery-request.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import { ensureStream } from '../../kernel/nats.ts'
import { type Run, runCommandLine } from '../support/command-line.ts'
import { seedAgencies, startDirectory, type TestDirectory } from '../support/directory.ts'

let directory: TestDirectory
let analytics: Server
let hexroute: (...parameters: string[]) => Promise<Run>
let delivery: DeliveryReply

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
  for (const stream of [streams.deadLetters, streams.events]) await ensureStream(directory.nats.manager, stream)
  const letter = {
    ...{ stage: 'router', code: 'UNREADABLE', detail: 'not an event envelope', failedAt: '2026-11-22T10:00:00.000Z' },
    ...{ subject: 'events.agencyA.funnel.ContactCreate', streamSequence: 7 },
    payloadBase64: Buffer.from('{"email":"dana@example.com"}').toString('base64'),
  }
  await directory.nats.jetstream.publish(subjects.deadLetter('router', 'agencyA'), JSON.stringify(letter))
  directory.nats.connection.subscribe(subjects.deliveryRequest, {
    callback: (_error, message) => void message.respond(JSON.stringify(delivery)),
  })
  analytics = createServer((_request, response) => response.end(JSON.stringify(figures))).listen(0, '127.0.0.1')
  const url = await directory.app.listen({ host: '127.0.0.1', port: 0 })
  const env = {
    HEXROUTE_DIRECTORY_URL: url,
    HEXROUTE_ANALYTICS_URL: `http://127.0.0.1:${(analytics.address() as AddressInfo).port}`,
    HEXROUTE_KEY: await directory.key('admin'),
  }
  hexroute = (...parameters) => runCommandLine(env, ...parameters)
})
afterAll(async () => {
  analytics?.close()
  await directory?.stop()
})

const hour = {
  ...{ tenant: 'agencyA', hour: '2026-11-22T09:00:00Z', received: 9, assigned: 7, held: 1, pond: 0, hq: 1 },
  ...{ rejected: 0, inFlight: 0, reconciled: 2, undelivered: 0, gapCount: 0, gaps: [] as object[] },
}
const lostLead = {
  ...{ kind: 'undecided', tenant: 'agencyA', since: '2026-11-22T09:10:11.123Z', locationId: 'funnel' },
  ...{ eventId: 'e-1', contactId: 'c-1', leadId: null },
}
let figures = {
  ...{ asOf: '2026-11-22T11:00:00.000Z', hours: [hour] },
  compared: { until: '2026-11-22T10:58:00.000Z' as string | null, missingInGhl: 0, failing: 0 },
}

it('lists, shows and redrives dead letters; 1 while one is open', async () => {
  const list = await hexroute('dead-letters', 'list')
  expect(list.code).toBe(1)
  expect(list.out).toMatch(/^ +1 +router +agencyA +UNREADABLE +2026-11-22 10:00:00 +not an event envelope$/m)
  expect(list.out).not.toContain('dana@')
  expect((await hexroute('dead-letters', 'show', '1')).out).toContain('{"email":"dana@example.com"}')
  expect(await hexroute('dead-letters', 'redrive', '--stage', 'router')).toEqual({
    ...{ code: 0, out: 'Sent again: 1.\n', err: '' },
  })
  expect(await hexroute('dead-letters', 'list')).toMatchObject({ code: 0, out: 'Nothing was given up.\n' })
  const again = await hexroute('dead-letters', 'redrive', '1')
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('sent again before')])
  expect((await hexroute('dead-letters', 'redrive', '1', '--force', '--json')).out).toContain('"redriven"')
  expect((await hexroute('dead-letters', 'redrive')).code).toBe(2)
  const all = await hexroute('dead-letters', 'list', '--state', 'all', '--json')
  expect(JSON.parse(all.out).items).toMatchObject([{ seq: 1, state: 'redriven', redriven: { times: 2 } }])
})

it('reconciles on request and says what it found; 1 when a sub-account cannot be read', async () => {
  const report = {
    tenant: 'agencyA',
    subAccounts: 3,
    seen: 40,
    takenIn: 2,
    missingInGhl: 1,
    undelivered: 0,
    failed: [],
  }
  delivery = { kind: 'reconciled', report }
  const run = await hexroute('reconcile', '--tenant', 'agencyA')
  expect(run.code).toBe(0)
  expect(run.out).toMatch(/^ +2 {2}never came by webhook, taken in now$/m)
  delivery = { kind: 'reconciled', report: { ...report, failed: [{ locationId: 'north1', code: 'GHL_UNAVAILABLE' }] } }
  const partly = await hexroute('reconcile', '--json')
  expect([partly.code, JSON.parse(partly.out).takenIn]).toEqual([1, 2])
  delivery = { kind: 'refused', code: 'BUSY', message: 'It is under way.' }
  expect(await hexroute('reconcile')).toMatchObject({ code: 1, err: 'hexroute: It is under way. (UNAVAILABLE)\n' })
})

it('tells where every lead is, and fails when one is nowhere', async () => {
  const sound = await hexroute('unaccounted')
  expect(sound.code).toBe(0)
  expect(sound.out).toMatch(/^ {2}2026-11-22T09:00 +agencyA +9 +7 +1 +0 +1 +0 +0 +2 +0$/m)
  expect(sound.out).toContain('Every lead is accounted for.')
  figures = { ...figures, hours: [{ ...hour, inFlight: 1, gapCount: 3, gaps: [lostLead] }] }
  const bad = await hexroute('unaccounted')
  expect([bad.code, bad.out]).toEqual([1, expect.stringContaining('3 leads are unaccounted for')])
  expect(bad.out).toMatch(/^ +undecided +2026-11-22T09:10:11 +agencyA +funnel +- +c-1 +e-1$/m)
  expect(JSON.parse((await hexroute('unaccounted', '--json')).out)).toEqual(figures)
  figures = { ...figures, hours: [hour], compared: { ...figures.compared, missingInGhl: 4 } }
  const missing = await hexroute('unaccounted')
  expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('4 delivered leads are not there')])
})
