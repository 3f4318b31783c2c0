import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import type { Event } from '../../contracts/event.ts'
import { typescriptArguments } from '../../local/typescript-arguments.ts'

/** Starts the plain handler on these stores. @returns the process and its port. */
export async function startPlain(env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [...typescriptArguments, 'bench/router/plain-handler.ts'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return { child, port: Number(port) }
}

/** Closed loop over 64 connections, each lead once; seconds until the last is answered 200. */
export async function plainSeconds(port: number, events: readonly Event[]): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 })
  const bodies = events.map(({ eventId, person }) => {
    const body = JSON.stringify({ id: eventId, ...person })
    return { body, signature: createHmac('sha256', 'secret').update(body).digest('hex') }
  })
  let next = 0
  const worker = async (): Promise<void> => {
    for (let sent = bodies[next]; sent; sent = bodies[next]) {
      next += 1
      const headers = { 'content-type': 'application/json', 'x-signature': sent.signature }
      const answer = await pool.request({ path: '/lead', method: 'POST', headers, body: sent.body })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`plain handler answered ${answer.statusCode}`)
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: 64 }, worker))
  const seconds = (performance.now() - start) / 1_000
  await pool.close()
  return seconds
}
