import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import type { CaughtUp } from './catch-up.ts'
import type { Plain } from './plain-insert.ts'
import type { Visible } from './visible.ts'

export type Measured = { messages: number; caughtUp: CaughtUp; plain: Plain; visible: Visible }

export function report({ messages, caughtUp, plain, visible }: Measured): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
  return [
    '# sink: messages of the streams to durable rows of ClickHouse',
    '',
    `Command: \`${messages === 200_000 ? '' : `MESSAGES=${messages} `}node --import tsx bench/sink.ts\``,
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${commit}.`,
    'ClickHouse is chDB in a process of its own with `fsync_after_insert`; NATS, Postgres (without fsync), sink and load share the cores.',
    '',
    '| what | rows | s | rows/s | target |',
    '|---|---|---|---|---|',
    `| sink, ${whole(messages)} messages waiting | ${whole(caughtUp.rows)} | ${caughtUp.s.toFixed(1)} | ${whole(caughtUp.rowsPerS)} | 30,000 |`,
    `| plain insert of the same rows | ${whole(plain.rows)} | ${plain.s.toFixed(1)} | ${whole(plain.rowsPerS)} | |`,
    `| ratio | | | ${(caughtUp.rowsPerS / plain.rowsPerS).toFixed(2)} | 0.50 |`,
    '',
    `Catch-up: ${whole(caughtUp.messagesPerS)} messages/s; the process (sink and load together) took ${whole(caughtUp.rssMb)} MB at most.`,
    `Processor time, microseconds a row: ${caughtUp.share}.`,
    `Publish to visible at 1,000 events/s, n = ${whole(visible.n)}: p50 ${whole(visible.p50Ms)} ms, p99 ${whole(visible.p99Ms)} ms, most ${whole(visible.maxMs)} ms (target: p99 below 1,000).`,
    '',
    '- *rows*: of the tables that the sink fills itself; what the materialized views fill comes on top, in both.',
    '- *plain insert*: projected before the time is taken; same client, batches, tables, views and fsync, without tokens.',
    '',
    '## What it does not show',
    '- A ClickHouse over the network or on a cluster, Postgres with fsync, decisions with more than two candidates.',
    '',
  ].join('\n')
}
