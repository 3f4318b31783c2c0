import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import type { Postgres } from '../../../kernel/postgres.ts'
import type { Scope } from '../../steps/scope.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { judge } from './judge.ts'
import { locationsOfRegions } from './locations-of-regions.ts'
import { filterSetting, rowFilters } from './row-filters.ts'
import { faults, SqlFault } from './sql-fault.ts'
import { FILTERS_FIRST, type SqlLimits, THREADS_MAX } from './sql-limits.ts'

/** A statement as it came: `params` are the values of its `{name:Type}` places, in ClickHouse's HTTP form. */
export type SqlQuestion = { text: string; params: Record<string, string>; output: Record<string, string> }
export type SqlAnswer = { stream: Readable; headers: Record<string, string | string[] | undefined>; sqlHash: string }
export type AskSql = (question: SqlQuestion, scope: Scope, signal: AbortSignal) => Promise<SqlAnswer>

/**
 * Runs an analyst's statement so that it reads only rows of his scope. Four layers: the engine formats the text, which takes
 * one statement and leaves no comment; its parse is judged node by node; it runs read-only with a filter on every table;
 * it has limits. What was judged is what runs: the formatted text, not the one that came.
 */
export function createAskSql(stores: { clickhouse: ClickHouseClient; postgres: Postgres }, limits: SqlLimits): AskSql {
  const { clickhouse, postgres } = stores
  const readCatalogue = createCatalogue(clickhouse)

  async function approve({ text, params }: SqlQuestion, catalogue: Catalogue): Promise<string> {
    const [row] = await rows<{ sql: string }>('SELECT formatQuerySingleLine({statement:String}) AS sql', {
      query_params: { statement: text },
    })
    const sql = row!.sql
    const answer = await clickhouse.exec({
      query: `EXPLAIN AST ${sql}`,
      clickhouse_settings: { ...params, default_format: 'TabSeparatedRaw', readonly: '1', max_execution_time: 5 },
    })
    const verdict = judge(sql, await textOf(answer.stream), catalogue)
    if (verdict.kind === 'refused') throw new SqlFault(faults.denied, verdict.why)
    return sql
  }

  async function rows<Row>(query: string, more: object): Promise<Row[]> {
    return (await clickhouse.query({ query, format: 'JSONEachRow', ...more })).json<Row>()
  }

  return async (question, scope, signal) => {
    const catalogue = await readCatalogue()
    const sql = await approve(question, catalogue)
    const filters = rowFilters(scope, await locationsOfRegions(postgres, scope), catalogue)
    const answer = await clickhouse.exec({
      query: sql,
      abort_signal: signal,
      clickhouse_settings: {
        ...question.output,
        ...question.params,
        ...limitSettings(limits),
        additional_table_filters: filterSetting(filters) as never,
        readonly: '1',
      },
    })
    const sqlHash = createHash('sha256').update(sql).digest('hex').slice(0, 16)
    return { stream: answer.stream, headers: answer.response_headers, sqlHash }
  }
}

function limitSettings(limits: SqlLimits): ClickHouseSettings {
  return {
    ...FILTERS_FIRST,
    // Statistics would tell how many rows there are beside his.
    output_format_write_statistics: 0,
    allow_introspection_functions: 0,
    allow_ddl: 0,
    max_execution_time: limits.secondsMax,
    timeout_overflow_mode: 'throw',
    max_memory_usage: String(limits.memoryBytesMax),
    max_result_rows: String(limits.rowsMax),
    max_result_bytes: String(limits.bytesMax),
    result_overflow_mode: 'throw',
    max_threads: THREADS_MAX,
  }
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
