import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Exit } from './child.ts'
import { type Running, supervise } from './supervise.ts'

const logFile = join(mkdtempSync(join(tmpdir(), 'hexroute-supervise-')), 'router.log')

function startRecorder(faults: (string | undefined)[] = []) {
  const runs: { end: (exit: Exit) => void; stopped: boolean }[] = []
  let tries = 0
  const start = async (): Promise<Running> => {
    const fault = faults[tries++]
    if (fault) throw new Error(fault)
    let end: (exit: Exit) => void = () => undefined
    const exited = new Promise<Exit>((resolve) => {
      end = resolve
    })
    const run = { end, stopped: false }
    runs.push(run)
    const stop = async () => {
      run.stopped = true
      end({ code: 0, signal: null })
      return exited
    }
    return { pid: tries, exited, stop }
  }
  return { runs, start, tries: () => tries }
}

test('what ends by itself is started again, and one sentence says why and where the log is', async () => {
  writeFileSync(logFile, '{"level":60,"msg":"process failed","error":"no route to host"}\n')
  const { runs, start } = startRecorder()
  const said: string[] = []
  const supervised = await supervise({ name: 'router', logFile, start, say: (line) => said.push(line), backOffMs: 1 })
  runs[0]?.end({ code: 1, signal: null })
  await expect.poll(() => said).toHaveLength(2)
  expect(said[0]).toBe(
    `router stopped: exit code 1, last line "process failed: no route to host". Starting it again. Log: ${logFile}`,
  )
  expect(said[1]).toBe('router runs again.')
  expect(runs).toHaveLength(2)
  await supervised.stop()
})

test('a full disk is called by its name', async () => {
  writeFileSync(logFile, 'PANIC: could not write to file "pg_wal": No space left on device\nLOG: shutting down\n')
  const { runs, start } = startRecorder()
  const said: string[] = []
  const supervised = await supervise({ name: 'postgres', logFile, start, say: (line) => said.push(line), backOffMs: 1 })
  runs[0]?.end({ code: 1, signal: null })
  await expect.poll(() => said.length).toBeGreaterThan(0)
  expect(said[0]).toContain('postgres stopped: the disk is full')
  await supervised.stop()
})

test('a start that fails is tried again until one succeeds', async () => {
  const { runs, start, tries } = startRecorder([undefined, 'not yet', 'not yet'])
  const supervised = await supervise({ name: 'nats', logFile, start, say: () => undefined, backOffMs: 1 })
  runs[0]?.end({ code: null, signal: 'SIGKILL' })
  await expect.poll(() => runs.length).toBe(2)
  expect(tries()).toBe(4)
  await supervised.stop()
})

test('what was told to stop stays stopped', async () => {
  const { runs, start } = startRecorder()
  const said: string[] = []
  const supervised = await supervise({ name: 'redis', logFile, start, say: (line) => said.push(line), backOffMs: 1 })
  await supervised.stop()
  expect(runs.map(({ stopped }) => stopped)).toEqual([true])
  expect(said).toEqual([])
})

test('a failure of the very first start is the caller’s to tell', async () => {
  const { start } = startRecorder(['initdb failed'])
  await expect(supervise({ name: 'postgres', logFile, start, say: () => undefined })).rejects.toThrow('initdb failed')
})
