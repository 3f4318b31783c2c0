/**
 * The reference: what a competent developer writes in an afternoon. One Fastify process: HMAC check, the nearest of the
 * locations by haversine, a Redis INCR with a cap, one Postgres transaction a lead. Prints its port.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import { distanceM } from '../../decide/geography/distance.ts'
import { benchDocument } from '../decide/organisation.ts'

const { DATABASE_URL = '', REDIS_URL = '', LOCATIONS = '100' } = process.env
const CAP = 1_000_000
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 16 })
const redis = new Redis(REDIS_URL)
const { locations } = benchDocument(Number(LOCATIONS))
await pool.query(`CREATE TABLE IF NOT EXISTS plain_leads (id text PRIMARY KEY, location_id text NOT NULL, person jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now())`)
await pool.query('CREATE TABLE IF NOT EXISTS plain_log (lead_id text NOT NULL, what text NOT NULL)')

type Body = { id: string; latitude: number; longitude: number }

const app = Fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post('/lead', async (request, reply) => {
  const raw = request.body as Buffer
  const wanted = createHmac('sha256', 'secret').update(raw).digest()
  const given = Buffer.from(String(request.headers['x-signature'] ?? ''), 'hex')
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return reply.code(401).send()
  const lead = JSON.parse(raw.toString()) as Body
  const nearest = locations
    .map(({ id, ...place }) => ({ id, metres: distanceM(lead, place) }))
    .sort((a, b) => a.metres - b.metres)
  for (const { id } of nearest) {
    if ((await redis.incr(`plain:${id}`)) > CAP) continue
    await store(lead, id)
    return { locationId: id }
  }
  return reply.code(503).send()
})
await app.listen({ port: 0, host: '127.0.0.1' })
console.log((app.server.address() as AddressInfo).port)

async function store(lead: Body, locationId: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO plain_leads (id, location_id, person) VALUES ($1, $2, $3)', [
      lead.id,
      locationId,
      lead,
    ])
    await client.query(`INSERT INTO plain_log (lead_id, what) VALUES ($1, 'assigned')`, [lead.id])
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
