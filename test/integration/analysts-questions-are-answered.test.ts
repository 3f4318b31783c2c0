import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventRow } from '../../analytics/steps/event-row.ts'
import { groupBy } from '../../decide/group-by.ts'
import { leadId } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { type AskedLead, askedLeads, createdMs, regionOf } from '../support/asked-leads.ts'
import { messagesOf } from '../support/asked-messages.ts'
import { until } from '../support/until.ts'

const DAY_MS = 86_400_000
const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

let rig: AnalyticsRig
beforeAll(async () => {
  rig = await startAnalyticsRig()
  rig.sink()
  const messages = askedLeads.map((lead) => messagesOf(lead, todayMs))
  // Twice, and what happened before what was decided: neither may show in an answer.
  for (let time = 0; time < 2; time += 1) {
    await rig.publish('fact', messages.flatMap(({ facts }) => facts).reverse())
    await rig.publish(
      'decision',
      messages.flatMap(({ decisions }) => decisions),
    )
    await rig.publish(
      'delivery',
      messages.flatMap(({ deliveries }) => deliveries),
    )
    await rig.publish(
      'event',
      messages.slice(0, -1).flatMap(({ events }) => events),
    )
  }
  // JetStream's clock cannot be set back: the lead that nobody decided is told as the sink would have written it then.
  const lost = messages.at(-1)!.events.map((event) => eventRow(event, { seq: 1, at: event.occurredAt }))
  await rig.clickhouse.insert({ table: 'hexroute.events', values: lost, format: 'JSONEachRow' })
  // What the views read is written after the rows: it is awaited, not the rows.
  const written = () =>
    rig.rows<{ n: string }>(`
      SELECT (SELECT uniqExact(event_id) FROM hexroute.events)
           + (SELECT countIf(outcome != '') + count(delivered_at) + count(contacted_at) + count(appointment_at) + count(won_at)
                FROM hexroute.v_leads)
           + (SELECT sum(minutes_seen) FROM hexroute.v_capacity) + (SELECT count() FROM hexroute.decision_users FINAL) AS n`)
  const told = messages.flatMap(({ events, deliveries, facts }) => [...events, ...deliveries, ...facts])
  const users = messages.flatMap(({ decisions }) => decisions.flatMap((decision) => decision.users))
  const looks = messages.flatMap(({ decisions }) =>
    decisions.flatMap(({ decidedAt, candidates }) =>
      candidates.map(({ locationId }) => `${locationId} ${decidedAt.slice(0, 16)}`),
    ),
  )
  const sent = told.length + decided.length + users.length + new Set(looks).size
  await until('all of it in ClickHouse', 30_000, written, ([row]) => Number(row!.n) === sent)
})
afterAll(() => rig?.stop())

const text = readFileSync(new URL('../../docs/sql.md', import.meta.url), 'utf8')
const queries = [...text.matchAll(/^## (\d+)\. .*?```sql\n(.*?)```/gms)].map(
  ([, number, sql]) => [Number(number), sql!] as const,
)

test('there are twenty', () => {
  expect(queries.map(([number]) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

/** Answers worked out from the leads as they are told, by plain code that knows no table. */
const decided = askedLeads.filter(({ undecided }) => !undecided)
const assigned = decided.filter(({ at }) => at !== null)
const lately = (days: number) => (lead: AskedLead) => lead.daysAgo <= days
const isWon = ({ wonAfterDays }: AskedLead): boolean => wonAfterDays !== undefined

function by(leads: AskedLead[], keyOf: (lead: AskedLead) => string): [string, AskedLead[]][] {
  return [...groupBy(leads, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1))
}
const wonOf = (leads: AskedLead[]): number => leads.filter(isWon).length
/** Of an odd number the middle, of an even one the upper of both: as quantileExact. */
const quantile = (values: number[], share: number): number | null =>
  values.length === 0
    ? null
    : [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!
const told = (leads: AskedLead[], field: 'calledAfterS' | 'openS'): number[] =>
  leads.flatMap((lead) => lead[field] ?? [])

const month = assigned.filter(lately(30))
const answers: Record<number, unknown[][]> = {
  1: by(decided.filter(lately(7)), ({ outcome }) => outcome ?? 'assigned')
    .map(([outcome, leads]) => [outcome, leads.length])
    .sort((x, y) => (y[1] as number) - (x[1] as number)),
  2: by(month, ({ at }) => at!)
    .filter(([, leads]) => leads.length >= 3)
    .map(([at, leads]) => [at, leads.length, wonOf(leads), Math.round((wonOf(leads) / leads.length) * 1_000) / 1_000])
    .sort((a, b) => (b[3] as number) - (a[3] as number)),
  3: by(assigned.filter(lately(90)), (lead) => `${regionOf(lead.at!)} ${mondayOf(lead)}`).map(([key, leads]) => {
    const [region, week] = key.split(' ')
    return [region, week, leads.length, wonOf(leads), leads.some(({ daysAgo }) => daysAgo < 30)]
  }),
  4: by(month, ({ source }) => source)
    .map(([source, leads]) => [source, leads.length, wonOf(leads)])
    .sort((a, b) => (b[2] as number) - (a[2] as number)),
  5: by(
    decided.filter(lately(30)).filter(({ campaign }) => campaign),
    ({ campaign }) => campaign!,
  )
    .map(([campaign, leads]) => [
      campaign,
      leads.length,
      wonOf(leads),
      leads.filter(isWon).reduce((sum, { worth }) => sum + worth!, 0),
    ])
    .sort((a, b) => (b[3] as number) - (a[3] as number)),
  6: by(month, ({ at, user }) => `${at} ${user}`)
    .map(([key, leads]) => [...key.split(' '), leads.length, wonOf(leads)])
    .sort((a, b) => (b[3] as number) - (a[3] as number) || (a[1]! < b[1]! ? -1 : 1)),
  7: by(month, ({ hour }) => String(hour).padStart(2, '0')).map(([hour, leads]) => [
    Number(hour),
    leads.length,
    wonOf(leads),
  ]),
  8: by(
    assigned.filter((lead) => isWon(lead) && lead.daysAgo - lead.wonAfterDays! <= 7),
    ({ at }) => at!,
  ).map(([at, leads]) => [at, leads.length, leads.reduce((sum, { worth }) => sum + worth!, 0)]),
  9: by(month, ({ at }) => at!).map(([at, leads]) => {
    const seconds = told(leads, 'calledAfterS')
    return [at, leads.length, seconds.filter((s) => s <= 300).length, quantile(seconds, 0.5), quantile(seconds, 0.9)]
  }),
  10: by(month, ({ at }) => at!).map(([at, leads]) => [
    at,
    told(leads, 'openS').filter((s) => s <= 300).length,
    quantile(told(leads, 'openS'), 0.5),
  ]),
  11: assigned
    .filter((lead) => lead.calledAfterS === undefined && !isWon(lead))
    .sort((a, b) => createdMs(a, 0) - createdMs(b, 0))
    .map(({ n, at, user }) => [leadId(n), at, user]),
  12: by(decided.filter(lately(30)), ({ at }) => (at ? regionOf(at) : '')).map(([region, leads]) => [
    region,
    leads.length,
    leads.filter(({ at }) => at).length,
    told(leads, 'calledAfterS').length,
    leads.filter(({ appointment }) => appointment).length,
    wonOf(leads),
  ]),
  13: [['south1', 'assigned', 'south2', 1]],
  14: [
    [1, 'assigned', 'south1', 'Lead 10, attempt 1: to south1.'],
    [2, 'assigned', 'south2', 'Lead 10, attempt 2: to south2.'],
  ],
  15: [
    [1, 'south1', true, 1, '', ''],
    [1, 'north1', false, 0, 'CAP', 'day 20/20'],
    [2, 'south2', true, 1, '', ''],
    [2, 'north1', false, 0, 'CAP', 'day 20/20'],
  ],
  16: [
    // Six minutes of leads that went by it, or that it could not have; four in which it was asked and had room.
    ['north1', 1, 8, 11],
    ['north2', 0.25, 0, 1],
    ['south1', 0.25, 0, 3],
    ['south2', 0.25, 0, 1],
  ],
  17: [
    ['872664c1affffff', 'NO_COVERAGE', 2],
    ['8744c1a8effffff', 'ALL_FULL', 1],
  ],
  18: [['north1', 'CAP', decided.filter(lately(30)).filter(({ at }) => at !== 'north1').length]],
  19: by(assigned, ({ at, user }) => `${at} ${user}`)
    .flatMap(([key, leads]) => {
      const [at, user] = key.split(' ')
      // Who got the last lead was owed half of it before; the colleague is owed a quarter still.
      return [
        [at, user, leads.length, leads.length - 0.5, -0.5],
        [at, `${user}-2`, 0, 0.25, 0.25],
      ]
    })
    .concat([
      ['south1', 'fay', 1, 0.5, -0.5],
      ['south1', 'fay-2', 0, 0.25, 0.25],
    ])
    .sort((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1)),
  20: [[hourOf(askedLeads.at(-1)!), 1, 1, [idOfEvent(15)]]],
}

test.each(queries)('question %i', async (number, query) => {
  const answer = await rig.clickhouse.query({
    query,
    format: 'JSONCompactEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  expect(await answer.json()).toEqual(answers[number])
})

function mondayOf(lead: AskedLead): string {
  const dayMs = todayMs - lead.daysAgo * DAY_MS
  return isoDay(dayMs - ((new Date(dayMs).getUTCDay() + 6) % 7) * DAY_MS)
}

function hourOf(lead: AskedLead): string {
  return new Date(createdMs(lead, todayMs)).toISOString().slice(0, 19).replace('T', ' ')
}

function idOfEvent(n: number): string {
  return messagesOf(askedLeads.find((lead) => lead.n === n)!, todayMs).events[0]!.eventId
}
