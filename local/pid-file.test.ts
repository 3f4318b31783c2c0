import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endOrphan, recordPid, runningPid } from './pid-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'hexroute-pid-'))
const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore' })

test('a process that is still the recorded one is ended, and its file is gone', async () => {
  const file = join(dir, 'ours.pid')
  const child = sleeper()
  const ended = once(child, 'exit')
  recordPid(file, child.pid ?? 0)
  expect(runningPid(file)?.pid).toBe(child.pid)
  expect(await endOrphan(file)).toBe(true)
  await ended
  expect(existsSync(file)).toBe(false)
})

test('a stranger who got the recorded number is left alone', async () => {
  const file = join(dir, 'stranger.pid')
  const child = sleeper()
  recordPid(file, child.pid ?? 0)
  const recorded = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...recorded, startedAt: 'another boot:1' }))
  expect(runningPid(file)).toBeUndefined()
  expect(await endOrphan(file)).toBe(false)
  expect(child.exitCode).toBeNull()
  expect(child.kill(0)).toBe(true)
  child.kill()
})

test('a file that is missing or damaged names nobody', async () => {
  const file = join(dir, 'damaged.pid')
  expect(await endOrphan(file)).toBe(false)
  writeFileSync(file, '{"pid": "1')
  expect(await endOrphan(file)).toBe(false)
})
