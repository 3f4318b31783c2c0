import type { PoolClient } from 'pg'
import type { Decision } from '../../../contracts/decision.ts'
import type { Person } from '../../../contracts/event.ts'
import type { Place } from '../../../contracts/place.ts'
import { rebuildLock } from '../../../contracts/rebuild-lock.ts'
import { type Postgres, transaction } from '../../../kernel/postgres.ts'
import { type Sought, sha256 } from '../steps/sought.ts'
import { textsOf, withoutPerson, withoutPoint } from '../steps/without-person.ts'
import * as sql from './erasure-sql.ts'

export type FoundLead = {
  leadId: string
  createdAt: Date
  place: Place
  /** How the person was written: what holds one of these is about him. */
  texts: string[]
  /** `<sub-account>/<contact id>`: in the intake, and wherever it was written. */
  contacts: string[]
  /** Attempts that delivery has ended, or that it never gets: nobody waits for their decisions in the stream. */
  settledAttempts: number[]
  /** Delivery is at it at this moment. */
  isBeingWritten: boolean
}
export type ErasureStore = ReturnType<typeof createErasureStore>

/** Everything that Postgres has of a person. */
export function createErasureStore(pool: Postgres) {
  return {
    /** null: a rebuild of the analytics runs, whose copies would bring the person back. */
    unlessRebuilding: <T>(work: () => Promise<T>): Promise<T | null> =>
      transaction(pool, async (client) => {
        const { rows } = await client.query<{ free: boolean }>(
          'SELECT pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) AS free',
          [rebuildLock],
        )
        return rows[0]!.free ? work() : null
      }),
    /** Leads of the person that are not erased yet. */
    find: async ({ tenant, emails, phones, contacts }: Sought): Promise<FoundLead[]> => {
      const hashed = (values: Set<string>): string[] => [...values].map(sha256)
      const { rows } = await pool.query<Omit<FoundLead, 'texts'> & { people: Partial<Person>[] }>(sql.FIND, [
        ...[tenant, [...contacts], hashed(phones), hashed(emails)],
      ])
      return rows.map(({ people, ...lead }) => ({ ...lead, texts: textsOf(people) }))
    },
    /** Whoever is no lead yet and waits to be one. */
    waiting: async (sought: Sought): Promise<number> => {
      const { rows } = await pool.query<{ count: number }>(sql.COUNT_WAITING, waitingOf(sought))
      return rows[0]!.count
    },
    /** All of it or nothing. Run again it finds nothing to do. */
    erase: (sought: Sought, leads: readonly FoundLead[]): Promise<void> =>
      transaction(pool, async (client) => {
        const ids = leads.map(({ leadId }) => leadId)
        // In the order in which routers lock them.
        await client.query('SELECT FROM hexroute.leads WHERE lead_id = ANY($1) ORDER BY lead_id FOR UPDATE', [ids])
        await eraseDecisions(client, leads)
        for (const lead of leads)
          await client.query(sql.ERASE_LEAD, [lead.leadId, lead.createdAt, withoutPoint(lead.place)])
        for (const statement of sql.ERASE_OF_LEADS) await client.query(statement, [ids])
        await client.query(sql.ERASE_WAITING_FACTS, [sought.tenant, [...sought.contacts]])
        await client.query(sql.ERASE_WAITING_PEOPLE, waitingOf(sought))
      }),
  }
}

const DIGITS = 10
const waitingOf = ({ tenant, contacts, emails, phones }: Sought): unknown[] => [
  ...[tenant, [...contacts], [...emails]],
  [...phones].map((phone) => phone.slice(-DIGITS)),
]

type DecisionRow = { attempt: number; document: string }

/** Replay says of these leads that their person was erased, so the hash may stand for what the document was. */
async function eraseDecisions(client: PoolClient, leads: readonly FoundLead[]): Promise<void> {
  for (const { leadId, createdAt, texts } of leads) {
    const { rows } = await client.query<DecisionRow>(
      'SELECT attempt, document FROM hexroute.decisions WHERE lead_id = $1 AND lead_created_at = $2',
      [leadId, createdAt],
    )
    for (const { attempt, document } of rows) {
      const decision = withoutPerson(JSON.parse(document) as Decision, texts)
      const text = JSON.stringify(decision)
      if (text === document) continue
      await client.query(
        `UPDATE hexroute.decisions SET document = $4, why = $5
          WHERE lead_id = $1 AND lead_created_at = $2 AND attempt = $3`,
        [leadId, createdAt, attempt, text, decision.why],
      )
    }
  }
}
