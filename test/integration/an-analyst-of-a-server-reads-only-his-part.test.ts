import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessTemplates, accessStatements } from '../../analytics/analyst-access/access-statements.ts'
import { createAnalystAccess } from '../../analytics/analyst-access/analyst-access.ts'
import { type AnalystAccess, type KeyAccess, planAccess } from '../../analytics/analyst-access/plan-access.ts'
import { createAccessServer } from '../../analytics/analyst-access/stores/access-server.ts'
import { readAnalystKeys } from '../../analytics/analyst-access/stores/analyst-keys.ts'
import { readTemplates } from '../../analytics/analyst-access/stores/read-templates.ts'
import { askEngine, type EngineAnswer } from '../support/analyst-engine.ts'
import { type AnalystIds, decideTwice, seedAnalystKeys } from '../support/analyst-keys.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { runCommandLine } from '../support/command-line.ts'
import { CANARY, plantRows } from '../support/planted-rows.ts'
import { randomSelect, VIEWS } from '../support/random-select.ts'
import { bounds, eachAlone, pastPolicies } from '../support/server-questions.ts'
import { attacks, honest } from '../support/sql-attacks.ts'
import { usersXml } from '../support/users-xml.ts'

const RUNS = Number(process.env.SQL_PROPERTY_RUNS ?? 60)

let rig: AnalyticsRig
let ids: AnalystIds
let templates: AccessTemplates
let access: AnalystAccess
let planted: string[]
let movedLead: string

beforeAll(async () => {
  rig = await startAnalyticsRig()
  planted = await plantRows(rig)
  movedLead = await decideTwice(rig)
  ids = await seedAnalystKeys(rig)
  templates = await readTemplates()
  access = await plan()
})
afterAll(() => rig?.stop())

const plan = async (): Promise<AnalystAccess> =>
  planAccess(await readAnalystKeys(rig.postgres), await createAccessServer(rig.clickhouse).tables())
const suffix = (id: string): string => id.replaceAll('-', '_')

/** Each as ClickHouse itself writes it; null where it cannot read it. */
async function parsed(statements: string[]): Promise<(string | null)[]> {
  const answer = await rig.clickhouse.query({
    query: 'SELECT formatQuerySingleLineOrNull(arrayJoin({statements:Array(String)})) AS sql',
    query_params: { statements },
    format: 'JSONEachRow',
  })
  return (await answer.json<{ sql: string | null }>()).map(({ sql }) => sql)
}

test.each([undefined, 'hexroute_cluster'])('ClickHouse parses every statement, on cluster %s', async (cluster) => {
  const made = [await createAnalystAccess(rig, cluster).show(), await createAnalystAccess(rig, cluster).showRemoval()]
  const statements = made.flatMap((each) => ('refused' in each ? [] : each.statements))
  expect(statements.length).toBeGreaterThan(180)
  for (const [at, sql] of (await parsed(statements)).entries()) {
    expect(sql, statements[at]).not.toBeNull()
    expect(sql!.includes('ON CLUSTER hexroute_cluster'), sql!).toBe(cluster !== undefined)
  }
})

test('every table has a policy for each key, for a reader without one and for everybody else', async () => {
  const tables = await rig.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = 'hexroute' AND engine LIKE '%MergeTree'`,
  )
  const policies = accessStatements(access, templates).filter((sql) => sql.startsWith('CREATE ROW POLICY'))
  expect(policies.length).toBe(2 + access.keys.length)
  for (const { name } of tables) {
    for (const policy of policies) expect(policy).toContain(`\`hexroute\`.\`${name}\``)
    for (const { rows } of access.keys) expect([...rows.values()].flat()).toContain(`hexroute.${name}`)
  }
  expect(tables.length).toBeGreaterThanOrEqual(9)
})

test('each key of the role analyst has a user, a revoked one loses all; asked again it is the same', async () => {
  const { revoked, ...current } = ids
  const users = Object.values(current).map((id) => `hexroute_key_${suffix(id)}`)
  expect(access.keys.map(({ user }) => user)).toEqual(users.sort())
  const statements = accessStatements(access, templates)
  expect(accessStatements(await plan(), templates)).toEqual(statements)
  const ofRevoked = statements.filter((sql) => sql.includes(suffix(revoked))).map((sql) => sql.split('`')[0])
  expect(ofRevoked).toEqual([
    'DROP USER IF EXISTS ',
    'DROP DATABASE IF EXISTS ',
    'DROP USER IF EXISTS ',
    'DROP ROW POLICY IF EXISTS ',
  ])
})

test('no text of an organisation becomes part of a statement', async () => {
  const marks = fc.string({ unit: fc.constantFrom("'", '\\', '`', ';', '\n', '{{user}}', ' TO ALL') })
  const odd = fc.oneof(fc.string({ unit: 'grapheme' }), marks)
  const tables = await createAccessServer(rig.clickhouse).tables()
  await fc.assert(
    fc.asyncProperty(odd, odd, async (tenant, region) => {
      const scope = { tenant, regionIds: [region], locationIds: [region] }
      const key = { id: ids.north, sha256: 'ab', scope, ofRegions: [region] }
      const keyAccess = planAccess({ current: [key], revoked: [] }, tables)
      const filters = [...keyAccess.keys[0]!.rows.keys()].filter((filter) => filter !== '0')
      const reads = await rig.clickhouse.query({
        query: `SELECT ${filters.join(' AND ')} AS isHis FROM (SELECT {tenant:String} AS tenant, {region:String} AS region_id, region_id AS location_id)`,
        query_params: { tenant, region },
        format: 'JSONEachRow',
      })
      expect(await reads.json()).toEqual([{ isHis: 1 }])
      const rows = accessStatements(keyAccess, templates).filter((sql) => sql.startsWith('ALTER ROW POLICY'))
      for (const sql of await parsed(rows)) expect(sql).toMatch(/^ALTER ROW POLICY (\w+) ON .* TO \1$/s)
    }),
    { numRuns: RUNS / 3 },
  )
})

test('the command line shows the statements, and says what to use where ClickHouse keeps no users', async () => {
  const shown = await runCommandLine(rig.env, 'analyst-access', 'show')
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toContain(`CREATE USER IF NOT EXISTS \`hexroute_key_${suffix(ids.north)}\``)
  expect(await runCommandLine(rig.env, 'analyst-access', 'apply')).toMatchObject({
    ...{ code: 1, out: '', err: expect.stringMatching(/embedded store.* through \/sql .*ACCESS_NO_USERS/) },
  })
})

test('a view that reads with rights of another stops everything; a refused statement is named, its hash is not', async () => {
  const past =
    'CREATE VIEW hexroute.v_past DEFINER = default SQL SECURITY DEFINER AS SELECT tenant FROM hexroute.decisions'
  await rig.clickhouse.command({ query: past })
  expect(await createAnalystAccess(rig, undefined).apply()).toMatchObject({ refused: 'VIEW_PAST_POLICIES' })
  await rig.clickhouse.command({ query: 'DROP VIEW hexroute.v_past' })
  const user = `CREATE USER x IDENTIFIED WITH sha256_hash BY '${'ab'.repeat(32)}'`
  const failed = createAccessServer(rig.clickhouse).run(['CREATE DATABASE IF NOT EXISTS hexroute', user])
  const fault = await failed.catch((error: Error) => error.message)
  expect(fault).toMatch(/^statement 2 of 2: .*Not enough privileges/)
  expect(fault).not.toContain('abab')
})

describe('obeyed by the engine, with users from a file', () => {
  let dir: string
  let before: EngineAnswer[]
  const asAdministrator = (statements: string[]) =>
    askEngine(dir, { users: usersXml(access), database: 'hexroute' }, statements)
  const ask = async (id: string, statements: string[]): Promise<string[]> => {
    const key: KeyAccess = access.keys.find(({ user }) => user.endsWith(suffix(id)))!
    const answers = await askEngine(dir, { users: usersXml(access, key), database: key.database }, statements)
    return answers.map(textOf)
  }
  const textOf = (answer: EngineAnswer): string => ('rows' in answer ? answer.rows : answer.fault)
  const counts = (): string[] => planted.map((table) => `SELECT count() FROM hexroute.${table} FINAL`)

  beforeAll(async () => {
    await rig.clickhouseBackend.kill()
    dir = join(rig.clickhouseBackend.dir, 'store')
  })

  test('what it has understood of the file is what the statements say', async () => {
    const statements = accessStatements(access, templates)
    const views = statements.filter((sql) => /^CREATE (DATABASE|OR REPLACE VIEW)/.test(sql))
    const said = statements.filter((sql) => /^(ALTER ROW POLICY|GRANT SELECT ON .* TO hexroute_reader )/.test(sql))
    const forms = said.map((sql) => `SELECT formatQuerySingleLine($said$${sql}$said$) FORMAT TabSeparatedRaw`)
    const answers = await asAdministrator([...counts(), ...views, 'SHOW ACCESS FORMAT TabSeparatedRaw', ...forms])
    before = answers.splice(0, planted.length)
    expect(answers.splice(0, views.length).filter((answer) => 'fault' in answer)).toEqual([])
    const [shown, ...expected] = answers.map((answer) => textOf(answer).trim())
    const part = shown!
      .split('\n')
      .filter((line) => /^(CREATE ROW POLICY hexroute_reader_|GRANT SELECT ON hexroute\.)/.test(line))
    expect(part.sort()).toEqual(expected.flatMap(eachAlone).sort())
  })

  test('whatever he sends, no row of another is in an answer, none is written, and honest questions are answered', async () => {
    const bare = (sql: string): string => sql.replaceAll('hexroute.', '').replaceAll(' FINAL', '')
    // INTO OUTFILE is done by a client. Without the database they aim at what he may name.
    const sent = [...Object.values(attacks).flat(), ...pastPolicies].filter((sql) => !sql.includes('OUTFILE'))
    const random = fc.sample(randomSelect([...planted, ...VIEWS]), RUNS).map(bare)
    const aimed = [...sent, ...sent.map(bare), ...random]
    const asked = honest.filter(([sql]) => !sql.includes('system.')).map(([sql, expected]) => [bare(sql), expected])
    const all = [...aimed, ...asked.map(([sql]) => sql!), ...bounds.map(([sql]) => sql)]
    const answers = await ask(ids.north, all)
    const others = answers.splice(aimed.length)
    // A fault of a division would be one of a row that is not his.
    expect(aimed.filter((_sql, at) => /canary|0001_rows|ILLEGAL_DIVISION/i.test(answers[at]!))).toEqual([])
    expect(answers.filter((answer) => /\bown\b|agencyA/.test(answer)).length).toBeGreaterThan(10)
    for (const [at, [sql, expected]] of asked.entries()) expect(others[at]!.trim(), sql).toBe(expected)
    for (const [at, [sql, expected]] of bounds.entries()) expect(others[asked.length + at], sql).toMatch(expected)
    expect(await asAdministrator(counts())).toEqual(before)
  })

  test.each(['one', 'whole', 'odd'] as const)('every table and view shows the key %s its own rows', async (id) => {
    const answers = await ask(
      ids[id],
      access.shared.map(({ name }) => `SELECT * FROM ${name.split('.')[1]}`),
    )
    for (const [at, answer] of answers.entries()) {
      expect(answer, access.shared[at]!.name).not.toMatch(/DB::Exception/)
      expect(answer).not.toContain(id === 'whole' ? 'canary_tenant' : CANARY)
    }
    const all = answers.join('')
    expect([all.includes('canary_unplaced'), all.includes('own')]).toEqual([id === 'whole', id !== 'odd'])
  })

  test('a lead that went to another region is gone from the first, before any merge', async () => {
    const of = `WHERE lead_id = '${movedLead}'`
    const tables = ['decisions', 'lead_lifecycle', 'v_leads'].map((table) => `SELECT count() FROM ${table} ${of}`)
    expect(await ask(ids.moved, tables)).toEqual(['1\n', '0\n', '0\n'])
    expect(await ask(ids.whole, tables)).toEqual(['2\n', '1\n', '1\n'])
  })
})
