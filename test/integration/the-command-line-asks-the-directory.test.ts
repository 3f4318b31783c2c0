import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouterReply, RouterRequest } from '../../contracts/router-request.ts'
import { connectNats, type Nats } from '../../kernel/nats.ts'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { makeDecision } from '../support/analytics-messages.ts'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { type Run, runCommandLine } from '../support/command-line.ts'
import { rulesetOf, shop } from '../support/directory.ts'
import { type PretendRouter, pretendRouter } from '../support/pretend-router.ts'
import { until } from '../support/until.ts'

const OPERATOR = 'operator-key-of-the-test-0123'
const leadId = randomUUID()
const decidedAt = new Date(Date.now() - 60_000).toISOString()
const decision = { ...makeDecision(1, Date.parse(decidedAt)), leadId, decidedAt }

let database: TestDatabase
let broker: TestBackend
let nats: Nats
let pool: pg.Pool
let directory: ChildProcess
let router: PretendRouter
let reply: (request: RouterRequest) => RouterReply
let url: string
let folder: string

beforeAll(async () => {
  ;[database, broker] = await Promise.all([createTestDatabase(), startTestNats()])
  folder = mkdtempSync(join(tmpdir(), 'hexroute-cli-'))
  nats = await connectNats(broker.url, 'test', pino({ level: 'silent' }))
  pool = new pg.Pool({ connectionString: database.url })
  router = pretendRouter(nats, (request) => reply(request))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  directory = spawn(process.execPath, programArguments('directory/main.ts'), {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      ...process.env,
      ...{ DATABASE_URL: database.url, NATS_URL: broker.url, DIRECTORY_PORT: String(port), LOG_LEVEL: 'warn' },
      ...{ HEXROUTE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'), HEXROUTE_ADMIN_KEY: OPERATOR },
    },
    stdio: 'ignore',
  })
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the directory is ready', 60_000, isReady, (ready) => ready)
  await put('agencies', { id: 'agencyA', name: 'A' })
  for (const id of ['north', 'south']) await put('regions', { id, tenant: 'agencyA', name: id })
  for (const id of ['north1', 'south1']) await put('locations', shop(id, id.slice(0, 5)))
  await seedLead()
})
afterAll(async () => {
  router?.stop()
  if (directory?.exitCode === null) {
    const exited = once(directory, 'exit')
    directory.kill('SIGTERM')
    await exited
  }
  await pool?.end()
  await nats?.connection.close()
  await broker?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const hexroute = (...parameters: string[]): Promise<Run> =>
  runCommandLine({ HEXROUTE_DIRECTORY_URL: url, HEXROUTE_KEY: OPERATOR, DATABASE_URL: database.url }, ...parameters)
const running = async (): Promise<string> =>
  JSON.parse((await hexroute('ruleset', 'list', '--state', 'published', '--json')).out).items[0]?.hash

describe('a ruleset from a file', () => {
  it('is looked through: findings with path and fix, exit code 1; without errors 0', async () => {
    const bad = file('bad.json', rulesetOf('30305', { caps: [{ ...cap, locationId: 'nowhere' }] }))
    const faulty = await hexroute('ruleset', 'lint', bad)
    expect(faulty.code).toBe(1)
    expect(faulty.out).toMatch(/error {4}\/caps\/0\/locationId .*\n.*nowhere.*\n {9}fix: .+/)
    expect(faulty.out).toMatch(/1 error, \d+ warnings?\n$/)
    const misspelt = await hexroute(
      'ruleset',
      'lint',
      file('misspelt.json', { ...rulesetOf('30305'), Caps: [] }),
      '--json',
    )
    expect(misspelt.code).toBe(1)
    expect(JSON.parse(misspelt.out).findings).toMatchObject([{ severity: 'error', path: '/Caps', fix: 'write "caps"' }])
    expect((await hexroute('ruleset', 'lint', file('good.json', rulesetOf('30305')))).code).toBe(0)
    expect((await hexroute('ruleset', 'list', '--json')).out).toContain('"items": []')
  })

  it('is published, compared, replaced and rolled back', async () => {
    const first = await hexroute('ruleset', 'publish', file('first.json', rulesetOf('30305')), '--name', 'first')
    expect(first).toMatchObject({ code: 0, err: '' })
    const hash = await running()
    expect(first.out).toContain(`Published: ruleset ${hash} decides from now on.`)
    const second = file('second.json', rulesetOf('30309', { caps: [{ ...cap, limit: 9 }] }))
    const diff = await hexroute('ruleset', 'diff', second)
    expect(diff.out).toMatch(/~ {2}\/caps\/north1 leads day\/limit +5 -> 9\n/)
    expect(diff.out).toMatch(/\+ {2}\/territories\/t\/codes +\["30309"\]\n/)
    await hexroute('ruleset', 'publish', second)
    expect(await running()).not.toBe(hash)
    expect((await hexroute('ruleset', 'rollback')).out).toBe(`Ruleset ${hash} decides again.\n`)
    expect(await running()).toBe(hash)
  })

  it('that is refused leaves the running one and no draft behind', async () => {
    const hash = await running()
    const refused = await hexroute('ruleset', 'publish', file('bad.json', rulesetOf('1', {})))
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('/territories/0/codes/0')
    const dangling = file('bad.json', rulesetOf('30305', { caps: [{ ...cap, locationId: 'nowhere' }] }))
    expect((await hexroute('ruleset', 'publish', dangling)).code).toBe(1)
    expect(await running()).toBe(hash)
    expect(JSON.parse((await hexroute('ruleset', 'list', '--state', 'draft', '--json')).out).items).toEqual([])
  })

  it('is scheduled, and the directory publishes it by itself when its instant has come', async () => {
    const before = await running()
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const answer = await hexroute('ruleset', 'publish', file('later.json', rulesetOf('30342')), '--at', at, '--json')
    expect(JSON.parse(answer.out)).toMatchObject({ state: 'scheduled', publishAt: at })
    expect(await running()).toBe(before)
    await pool.query(`UPDATE hexroute.rulesets SET publish_at = now() WHERE state = 'scheduled'`)
    await until('the scheduled ruleset runs', 60_000, running, (hash) => hash !== before)
  })
})

describe('a lead', () => {
  it('is tried: the sentence and every candidate with its reason', async () => {
    reply = () => ({ kind: 'preview', decision })
    const tried = await hexroute('route', file('lead.json', { postalCode: '30305' }), '--at', '2026-06-10T15:00:00Z')
    expect(tried).toMatchObject({ code: 0, err: '' })
    const [sentence, head, first, second] = tried.out.split('\n')
    expect(sentence).toBe(decision.why)
    expect(head).toMatch(/^ {2}# {2}location +tier +territory +distance +used +score +reason$/)
    expect(first).toMatch(/^ {2}1 {2}Shop north1 +exclusive +zip +0\.9 km +25 % +0\.750$/)
    expect(second).toMatch(/^ {2}- {2}Shop south1 +nearest +100 % +CAP \(day 20\/20\)$/)
    expect(router.asked.at(-1)).toMatchObject({ kind: 'preview', person: { postalCode: '30305' } })
  })

  it('is explained in the order in which it happened', async () => {
    const { code, out } = await hexroute('explain', leadId)
    expect(code).toBe(0)
    const order = ['created from funnel', `decision 0: assigned to Shop north1\n${decision.why}`]
    const rest = [
      'delivery of decision 0 to Shop north1: delivered (contact c1, opportunity o1, 2 tries)',
      'replied',
      'is won',
    ]
    const places = [...order, ...rest].map((text) => out.indexOf(text))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it('is shown, claimed, moved and returned; who is too late hears who has it', async () => {
    expect((await hexroute('lead', 'show', leadId)).out).toMatch(/^person\.email +dana@example\.com$/m)
    reply = () => ({ kind: 'refused', code: 'TAKEN', message: 'Shop south1 has it.', takenBy: 'south1' })
    const late = await hexroute('lead', 'claim', leadId, '--location', 'north1')
    expect(late).toEqual({ code: 1, out: '', err: 'hexroute: Shop south1 has it. (TAKEN)\n' })
    reply = () => ({ kind: 'decided', decision })
    expect((await hexroute('lead', 'move', leadId, '--location', 'north1', '--user', 'u1')).out).toContain(decision.why)
    expect((await hexroute('lead', 'return', leadId, '--reason', 'spam', '--json')).code).toBe(0)
    expect(router.asked.slice(-2)).toMatchObject([
      { kind: 'move', locationId: 'north1', userId: 'u1' },
      { kind: 'return', reason: 'spam' },
    ])
  })
})

it('keys are made and revoked', async () => {
  const made = await hexroute('keys', 'create', '--role', 'analyst', '--name', 'Ann', '--tenant', 'agencyA', '--json')
  const { id, key } = JSON.parse(made.out)
  const asAnalyst = () => runCommandLine({ HEXROUTE_DIRECTORY_URL: url, HEXROUTE_KEY: key }, 'explain', leadId)
  expect((await asAnalyst()).err).toContain('(FORBIDDEN)')
  expect((await hexroute('keys', 'revoke', id)).out).toBe(`Key ${id} is revoked.\n`)
  expect((await asAnalyst()).err).toContain('(UNAUTHENTICATED)')
})

it('the schema is brought up and told', async () => {
  expect(await hexroute('migrate', 'up')).toMatchObject({ code: 0, out: 'Nothing to do.\n' })
  const status = await hexroute('migrate', 'status')
  expect(status.code).toBe(0)
  expect(status.out).toMatch(/^0001_organisation +\d{4}-/m)
})

describe('exit codes: 2 for a wrong call, 1 for a failure, one line and no stack', () => {
  it.each<[string, string[], number, RegExp]>([
    ['an unknown command', ['dance'], 2, /unknown command 'dance'/],
    ['a missing parameter', ['explain'], 2, /missing required argument 'lead'/],
    ['a missing option', ['lead', 'claim', leadId], 2, /required option '--location <location>'/],
    ['a file that is not there', ['ruleset', 'lint', 'no-such-file.json'], 2, /no-such-file\.json cannot be read/],
    [
      'no directory there',
      ['explain', leadId, '--url', 'http://127.0.0.1:1'],
      1,
      /does not answer: .+\(NO_DIRECTORY\)/,
    ],
    ['no such lead', ['explain', randomUUID()], 1, /There is no lead with this id\. \(NOT_FOUND\)/],
  ])('%s', async (_what, parameters, code, text) => {
    const run = await hexroute(...parameters)
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err).toMatch(text)
    expect(run.err).not.toMatch(/^ {4}at /m)
  })
})

const cap = { locationId: 'north1', metric: 'leads', window: 'day', limit: 5 } as const

function file(name: string, content: object): string {
  writeFileSync(join(folder, name), JSON.stringify(content))
  return join(folder, name)
}

async function put(kind: string, body: { id: string } & Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${url}/v1/${kind}/${body.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

async function seedLead(): Promise<void> {
  const created = new Date(Date.parse(decidedAt) - 1_000).toISOString()
  const after = (ms: number): string => new Date(Date.parse(decidedAt) + ms).toISOString()
  await pool.query(
    `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome,
       location_id, region_id) VALUES ($1, $2, 'agencyA', $1, 'funnel', '{"email": "dana@example.com"}', '{}', 0, 'assigned',
       'north1', 'north')`,
    [leadId, created],
  )
  await pool.query(
    `INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, why, ruleset_hash,
       decided_at, hash, document) VALUES ($1, $2, 0, $3, 'agencyA', 'assigned', $4, 'h', $5, 'h', $6)`,
    [randomUUID(), leadId, created, decision.why, decidedAt, JSON.stringify(decision)],
  )
  await pool.query(
    `INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state, contact_id, opportunity_id, tries,
       updated_at) VALUES ($1, 0, 'agencyA', 'north1', 'delivered', 'c1', 'o1', 2, $2)`,
    [leadId, after(900)],
  )
  for (const [fact, ms] of [
    ['replied', 5_000],
    ['won', 9_000],
  ] as const)
    await pool.query(
      `INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, event_id)
       VALUES ($1, $2, $3, $4, 'agencyA', 'north1', $5)`,
      [leadId, fact, after(ms), created, randomUUID()],
    )
}
