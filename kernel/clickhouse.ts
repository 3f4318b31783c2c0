import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'

/** The official client over HTTP, the same for the embedded store and for a server. */
export function createClickhouse(
  url: string,
  process: string,
  connectionsMax = 8,
  timeoutMs = 30_000,
): ClickHouseClient {
  return createClient({
    url,
    database: 'hexroute',
    application: `hexroute-${process}`,
    max_open_connections: connectionsMax,
    request_timeout: timeoutMs,
    compression: { request: isThisMachine(url) ? false : { codec: 'gzip', level: 1 }, response: false },
    // Callers log what failed; the client would print a page of text for every try.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { date_time_input_format: 'best_effort' },
  })
}

/** Over the loopback packing costs more than it saves: a third of the processor time of an insert, in both processes. */
const isThisMachine = (url: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)
