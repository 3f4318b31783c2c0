import { setTimeout as pause } from 'node:timers/promises'
import type { AuditedBatch } from './audit-store.ts'
import { sumHeld } from './held-rows.ts'
import { type AuditOptions, mendBatch } from './mend-batch.ts'
import type { LedgerLine } from './plan-store.ts'
import { readCreated } from './read-range.ts'

/** One question a table for so many batches: 500 are a minute and a half of a stream at full rate. */
const BATCHES_MAX = 500

/**
 * Asks ClickHouse again and again whether it holds what was written to it, and writes what is missing from the stream. By
 * the holder of the stream only, beside its batches.
 */
export async function auditStream(options: AuditOptions, signal: AbortSignal): Promise<void> {
  const { nats, stream, audits, times, log } = options
  while (!signal.aborted) {
    let looked = 0
    try {
      const batches = await audits.due(await readCreated(nats, stream), times, BATCHES_MAX)
      looked = batches.length
      for (const run of toRuns(batches)) {
        const tables = new Set(run.flatMap(({ lines }) => lines.map(({ table }) => table)))
        for (const table of tables) await auditTable(options, table, run, signal)
      }
      if (looked > 0) await audits.markAudited(batches)
    } catch (error) {
      if (signal.aborted) return
      looked = 0
      log.warn({ stream, error: (error as Error).message }, 'sink audit failed, it is tried again')
    }
    if (looked < BATCHES_MAX) await pause(times.everyMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Batches that follow each other: what lies between others is not theirs to count. */
function toRuns(batches: AuditedBatch[]): AuditedBatch[][] {
  const runs: AuditedBatch[][] = []
  for (const batch of batches) {
    const run = runs.at(-1)
    if (run && run.at(-1)!.lastSeq + 1 === batch.firstSeq) run.push(batch)
    else runs.push([batch])
  }
  return runs
}

/** Halves what does not agree until a batch is alone: ten questions more for one bad batch in a thousand. */
async function auditTable(
  options: AuditOptions,
  table: string,
  batches: AuditedBatch[],
  signal: AbortSignal,
): Promise<void> {
  const { to, idColumn, progress } = options
  const [first, last] = [batches[0]!, batches.at(-1)!]
  const expected = sumLines(batches.flatMap(({ lines }) => lines.filter((line) => line.table === table)))
  const span = { firstSeq: first.firstSeq, firstAt: first.firstAt, lastSeq: last.lastSeq, lastAt: last.lastAt }
  const held = await sumHeld(to, table, idColumn, span)
  if (held.rowCount === expected.rowCount && held.idsXor === expected.idsXor) return progress.sound(batches.length)
  if (batches.length === 1) return mendBatch(options, table, first, signal)
  const middle = Math.ceil(batches.length / 2)
  await auditTable(options, table, batches.slice(0, middle), signal)
  await auditTable(options, table, batches.slice(middle), signal)
}

function sumLines(lines: LedgerLine[]): { rowCount: number; idsXor: string } {
  const rowCount = lines.reduce((sum, line) => sum + line.rowCount, 0)
  const xor = lines.reduce((all, line) => all ^ BigInt(line.idsXor), 0n)
  return { rowCount, idsXor: BigInt.asIntN(64, xor).toString() }
}
