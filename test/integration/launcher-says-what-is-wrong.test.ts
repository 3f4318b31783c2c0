import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeDataDir, runLauncher } from '../support/launcher.ts'

let place: Awaited<ReturnType<typeof makeDataDir>>
beforeEach(async () => {
  place = await makeDataDir()
})
afterEach(() => place.remove())

async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const launcher = runLauncher(place.dir, ['--no-demo', ...args], env)
  expect(await launcher.exited).toBe(1)
  expect(launcher.output()).not.toMatch(/^\s+at /m)
  return launcher.output()
}

test('a busy port is named with the program that holds it and the way out', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  const said = await refusal(['--ports', 'free'], { INGEST_PORT: String(port) })
  server.close()
  expect(said).toMatch(
    new RegExp(
      `^Port ${port} is taken by another program \\(pid ${process.pid}, .+\\)\\. Stop it or run: npm start -- --ports free$`,
      'm',
    ),
  )
})

test('a directory of something else is not touched', async () => {
  mkdirSync(place.dir)
  writeFileSync(join(place.dir, 'thesis.tex'), '')
  expect(await refusal(['--ports', 'free'])).toBe(
    `${place.dir} is not empty and was not made by hexroute: choose another directory with --data\n`,
  )
})

test('data of another major version of PostgreSQL are not touched', async () => {
  const cluster = join(place.dir, 'postgres', 'cluster')
  mkdirSync(cluster, { recursive: true })
  writeFileSync(join(place.dir, 'hexroute.json'), '{"layout":1}')
  writeFileSync(join(cluster, 'PG_VERSION'), '15\n')
  expect(await refusal(['--ports', 'free'])).toContain(
    `${cluster} was made by PostgreSQL 15, and this hexroute runs PostgreSQL 18`,
  )
})

test('an unknown argument prints the usage', async () => {
  const said = await refusal(['--prots', 'free'])
  expect(said).toContain("Unknown option '--prots'")
  expect(said).toContain('--ports default|free')
})

test('keys that cannot be read are not replaced', async () => {
  mkdirSync(place.dir)
  writeFileSync(join(place.dir, 'hexroute.json'), '{"layout":1}')
  writeFileSync(join(place.dir, 'keys.json'), '{"secretKey":')
  expect(await refusal(['--ports', 'free'])).toContain('keys.json cannot be read')
})
