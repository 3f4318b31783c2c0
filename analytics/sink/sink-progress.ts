import type { Metrics } from '../../kernel/metrics.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Batch, Message } from '../steps/to-batch.ts'

export type StreamProgress = ReturnType<SinkProgress['stream']>
export type SinkProgress = ReturnType<typeof createSinkProgress>

/** What the sink has done and how far it is behind, as metrics and for the loops that ask whether a stream was remade. */
export function createSinkProgress(metrics: Metrics) {
  const label = ['stream']
  const batches = metrics.counter('sink_batches_total', 'batches written and marked done', label)
  const rows = metrics.counter('sink_rows_total', 'events, decisions, deliveries and facts written', label)
  const refusals = metrics.counter('sink_refused_total', 'messages set aside as dead letters', label)
  const faults = metrics.counter('sink_faults_total', 'runs that ended with a fault and were started again', label)
  const lagMessages = metrics.gauge('sink_lag_messages', 'messages in the stream and not yet written', label)
  const lagSeconds = metrics.gauge('sink_lag_seconds', 'age of the oldest message in hand; 0 when none is', label)
  const lastInsert = metrics.gauge('sink_last_insert_timestamp_seconds', 'Unix time of the last batch written', label)
  const active = metrics.gauge('sink_active', 'shards that this process is the sink of')

  function stream(name: string) {
    const labels = { stream: name }
    let doneSeq = 0
    let oldestMs: number | undefined
    let watched: { created: string; controller: AbortController } | undefined
    return {
      name,
      startedAt: (seq: number) => {
        doneSeq = seq
      },
      inHand: (messages: Message[]) => {
        oldestMs = Date.parse(messages[0]!.at)
      },
      failed: () => faults.inc(labels),
      wrote: (batch: Batch) => {
        doneSeq = batch.lastSeq
        oldestMs = undefined
        batches.inc(labels)
        rows.inc(labels, batch.ids.length)
        refusals.inc(labels, batch.refused.length)
        lastInsert.set(labels, Date.now() / 1_000)
      },
      /** Aborts when the stream's time of creation is seen to differ. */
      recreated: (created: string): AbortSignal => {
        watched = { created, controller: new AbortController() }
        return watched.controller.signal
      },
      look: async (nats: Nats) => {
        const { created, state } = await nats.manager.streams.info(name)
        if (watched && watched.created !== new Date(created).toISOString()) watched.controller.abort()
        lagMessages.set(labels, Math.max(0, state.last_seq - Math.max(doneSeq, state.first_seq - 1)))
        lagSeconds.set(labels, oldestMs === undefined ? 0 : Math.max(0, (Date.now() - oldestMs) / 1_000))
      },
    }
  }
  return { stream, setActive: (shards: number) => active.set(shards) }
}
