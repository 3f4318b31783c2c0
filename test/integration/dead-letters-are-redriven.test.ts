import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streams, subjects } from '../../contracts/streams.ts'
import { createDeadLetters, type DeadLetters, type ListedLetter } from '../../directory/dead-letters.ts'
import { createDeadLetterStream } from '../../directory/stores/dead-letter-stream.ts'
import { createRedriveStore } from '../../directory/stores/redrive-store.ts'
import { ensureStream } from '../../kernel/nats.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { seedAgencies, startDirectory, type TestDirectory } from '../support/directory.ts'

const within = { timeout: 40_000, interval: 50 }
const all = { tenant: null, stage: null, code: null, state: 'all' } as const

describe('what delivery gave up', () => {
  let bench: DeliveryBench
  let letters: DeadLetters

  beforeAll(async () => {
    bench = await startDeliveryBench(['boston', 'austin'])
    letters = createDeadLetters(createDeadLetterStream(bench.nats), createRedriveStore(bench.pool))
    await bench.start()
  })
  afterAll(() => bench?.stop())

  const listed = async (change: Partial<Parameters<DeadLetters['list']>[0]> = {}): Promise<ListedLetter[]> =>
    (await letters.list({ ...all, ...change }, 0, 100)).items
  const stateOf = (leadId: string) => async () => (await bench.ledger(leadId))?.state
  const published = async (leadId: string): Promise<string[]> => {
    const { state } = await bench.nats.manager.streams.info('DELIVERIES')
    const states: string[] = []
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await bench.nats.manager.streams.getMessage('DELIVERIES', { seq })
      const delivery = message?.json<{ leadId: string; state: string }>()
      if (delivery?.leadId === leadId) states.push(delivery.state)
    }
    return states
  }

  it('refused with 422 and redriven once GHL takes it: one contact, one opportunity, delivered', async () => {
    const rules = [{ kind: '422', operation: 'POST /opportunities/', id: 'boston' }]
    await bench.simulator.call('PUT', '/_sim/faults', { rules })
    const { leadId } = await bench.assign('boston')
    await expect.poll(stateOf(leadId), within).toBe('failed')
    const [letter] = await listed({ stage: 'delivery', code: 'GHL_REFUSED', state: 'open' })
    expect(letter).toMatchObject({ tenant, stage: 'delivery', state: 'open', redriven: null })
    await bench.simulator.call('PUT', '/_sim/faults', {})

    expect(await letters.redrive(letter!.seq, null, false)).toBe('redriven')
    await expect.poll(stateOf(leadId), within).toBe('delivered')
    expect((await bench.truth()).boston).toMatchObject({ contacts: 1, opportunities: 1, duplicateContacts: 0 })
    expect(await bench.ledger(leadId)).toMatchObject({ error_code: null })
    // The later record of the same delivery id replaces the earlier one in ClickHouse.
    await expect.poll(() => published(leadId), within).toEqual(['failed', 'delivered'])
    expect(await listed()).toMatchObject([{ seq: letter!.seq, state: 'redriven', redriven: { times: 1 } }])
    expect(await listed({ state: 'open' })).toEqual([])
  })

  it('sent once more only when forced, and a lead that is delivered stays as it is', async () => {
    const [letter] = await listed()
    expect(await letters.redrive(letter!.seq, null, false)).toBe('redriven-before')
    expect(await letters.redrive(letter!.seq, null, true)).toBe('redriven')
    expect(await listed()).toMatchObject([{ redriven: { times: 2 } }])
    const decision = await bench.assign('boston')
    await expect.poll(stateOf(decision.leadId), within).toBe('delivered')
    expect((await bench.truth()).boston).toMatchObject({ contacts: 2, opportunities: 2 })
  })

  it('a poisoned message redriven unchanged ends there again, once, and nobody else waits', async () => {
    const subject = subjects.decision(tenant, 'austin', 'assigned')
    await bench.nats.jetstream.publish(subject, 'not a decision \u0000')
    const poisoned = () => listed({ code: 'BAD_DECISION' })
    await expect.poll(async () => (await poisoned()).length, within).toBe(1)
    expect(await letters.redrive((await poisoned())[0]!.seq, null, false)).toBe('redriven')
    const { leadId } = await bench.assign('austin')
    await expect.poll(stateOf(leadId), within).toBe('delivered')
    await expect.poll(async () => (await poisoned()).map(({ state }) => state), within).toEqual(['redriven', 'open'])
    expect((await letters.show((await poisoned())[1]!.seq))!.payload!.toString()).toBe('not a decision \u0000')
  })

  it('a process that died between noting and sending leaves it open, and the next redrive sends it', async () => {
    const [letter] = await listed({ code: 'BAD_DECISION', state: 'open' })
    const stream = createDeadLetterStream(bench.nats)
    const dying = createDeadLetters(
      { ...stream, redrive: () => Promise.reject(new Error('killed')) },
      createRedriveStore(bench.pool),
    )
    await expect(dying.redrive(letter!.seq, null, false)).rejects.toThrow('killed')
    expect(await listed({ code: 'BAD_DECISION', state: 'open' })).toMatchObject([{ seq: letter!.seq }])
    expect(await letters.redrive(letter!.seq, null, false)).toBe('redriven')
    await expect.poll(async () => (await listed({ code: 'BAD_DECISION' })).length, within).toBe(3)
  })

  it('a lead whose redrive was never sent does not hold up its next assignment', async () => {
    await bench.simulator.call('PUT', '/_sim/faults', {
      rules: [{ kind: '422', operation: 'POST /opportunities/', id: 'boston' }],
    })
    const decision = await bench.assign('boston')
    await expect.poll(stateOf(decision.leadId), within).toBe('failed')
    await bench.simulator.call('PUT', '/_sim/faults', {})
    const [letter] = await listed({ stage: 'delivery', code: 'GHL_REFUSED', state: 'open' })
    const redrive = () => Promise.reject(new Error('killed'))
    const dying = createDeadLetters({ ...createDeadLetterStream(bench.nats), redrive }, createRedriveStore(bench.pool))
    await expect(dying.redrive(letter!.seq, null, false)).rejects.toThrow('killed')

    await bench.publish({ ...decision, decisionId: randomUUID(), attempt: 2, locationId: 'austin' })
    await expect.poll(() => published(decision.leadId), within).toEqual(['failed', 'delivered'])
    const { rows } = await bench.pool.query(
      'SELECT attempt, state FROM hexroute.deliveries WHERE lead_id = $1 ORDER BY attempt',
      [decision.leadId],
    )
    expect(rows).toEqual([
      { attempt: 1, state: 'withdrawn' },
      { attempt: 2, state: 'delivered' },
    ])
  })
})

describe('the control API', () => {
  let directory: TestDirectory
  beforeAll(async () => {
    directory = await startDirectory()
    await seedAgencies(directory)
    for (const stream of [streams.deadLetters, streams.events]) await ensureStream(directory.nats.manager, stream)
    for (const [i, [stage, owner]] of written.entries()) {
      const letter = {
        ...{
          stage,
          code: i % 2 === 0 ? 'UNREADABLE' : 'NOT_STORABLE',
          detail: 'why',
          failedAt: new Date().toISOString(),
        },
        ...{ subject: `events.${owner}.funnel.ContactCreate`, streamSequence: i + 1 },
        payloadBase64: Buffer.from(`{"email":"person${i}@example.com"}`).toString('base64'),
      }
      await directory.nats.jetstream.publish(subjects.deadLetter(stage, owner), JSON.stringify(letter))
    }
    await directory.nats.jetstream.publish(subjects.deadLetter('router', 'agencyA'), 'of an older version')
  })
  afterAll(() => directory?.stop())

  const written = [
    ['router', 'agencyA'],
    ['router', 'agencyB'],
    ['router', 'agencyA'],
    ['analytics', 'agencyA'],
  ] as const
  const seqs = async (query: string, key?: string): Promise<number[]> => {
    const { body } = await directory.call('GET', `/v1/dead-letters?${query}`, undefined, key)
    return body.items.map(({ seq }: { seq: number }) => seq)
  }

  it('lists by stage, code and agency, in pages, without the messages', async () => {
    expect(await seqs('')).toEqual([1, 2, 3, 4, 5])
    expect(await seqs('stage=router&tenant=agencyA')).toEqual([1, 3, 5])
    expect(await seqs('code=NOT_STORABLE')).toEqual([2, 4])
    const first = await directory.call('GET', '/v1/dead-letters?limit=2')
    expect([first.body.items.length, first.body.next]).toEqual([2, '2'])
    expect(await seqs(`limit=2&cursor=${first.body.next}`)).toEqual([3, 4])
    expect(JSON.stringify(first.body)).not.toContain('@example.com')
  })

  it('a key sees its own agency, and none of it with a part of the agency; the message is for admins', async () => {
    const [admin, analyst, regional] = await Promise.all([
      directory.key('admin'),
      directory.key('analyst'),
      directory.key('region_manager', { regionIds: ['north'] }),
    ])
    expect(await seqs('', admin)).toEqual([1, 3, 4, 5])
    expect((await directory.call('GET', '/v1/dead-letters', undefined, regional)).status).toBe(403)
    expect((await directory.call('GET', '/v1/dead-letters/1', undefined, regional)).status).toBe(403)
    expect((await directory.call('GET', '/v1/dead-letters/2', undefined, admin)).status).toBe(404)
    expect((await directory.call('GET', '/v1/dead-letters/99', undefined, admin)).status).toBe(404)
    expect((await directory.call('GET', '/v1/dead-letters/1', undefined, admin)).body.payload).toContain('person0@')
    expect((await directory.call('GET', '/v1/dead-letters/1', undefined, analyst)).body).not.toHaveProperty('payload')
    expect((await directory.call('POST', '/v1/dead-letters/1/redrive', {}, analyst)).status).toBe(403)
  })

  it('redrives to the original subject, is audited, and refuses what cannot or need not be sent', async () => {
    expect(await directory.call('POST', '/v1/dead-letters/1/redrive', {})).toEqual({
      status: 200,
      body: { redriven: [1] },
    })
    const sent = await directory.nats.manager.streams.getMessage('EVENTS', { seq: 1 })
    expect([sent!.subject, sent!.string()]).toEqual([
      'events.agencyA.funnel.ContactCreate',
      '{"email":"person0@example.com"}',
    ])
    const again = await directory.call('POST', '/v1/dead-letters/1/redrive', {})
    expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    expect((await directory.call('POST', '/v1/dead-letters/1/redrive', { force: true })).status).toBe(200)
    expect((await directory.call('POST', '/v1/dead-letters/5/redrive', {})).status).toBe(409)
    const { rows } = await directory.pool.query(
      `SELECT subject, detail ->> 'code' AS code FROM hexroute.audit_log WHERE action = 'dead-letter.redrive'`,
    )
    expect(rows).toEqual([
      { subject: '1', code: 'UNREADABLE' },
      { subject: '1', code: 'UNREADABLE' },
    ])
  })

  it('redrives what a filter finds open, at most so many', async () => {
    const ask = { stage: 'router', max: 1 }
    expect((await directory.call('POST', '/v1/dead-letters/redrive', ask)).body).toEqual({
      ...{ redriven: [2], left: [], more: true },
    })
    expect((await directory.call('POST', '/v1/dead-letters/redrive', { stage: 'router' })).body).toEqual({
      ...{ redriven: [3], left: [5], more: false },
    })
    expect(await seqs('state=open')).toEqual([4, 5])
    expect(await seqs('state=redriven')).toEqual([1, 2, 3])
  })
})
