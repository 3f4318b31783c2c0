import fc from 'fast-check'

/** Views that sum up, beside the tables. */
export const VIEWS = ['v_why', 'v_conversion_by_location_day', 'v_conversion_by_region_day']

/**
 * SELECTs over some tables, joined, nested and grouped at random, many with a condition that ends with ILLEGAL_DIVISION where it is
 * computed of a row of planted-rows.ts that is not his.
 */
export function randomSelect(names: string[]): fc.Arbitrary<string> {
  const alarm = (alias: string) => `intDiv(1, ${alias}.tenant NOT LIKE '%anary%')`
  const table = fc.constantFrom(...names)
  const column = fc.constantFrom('tenant', '*', 'count()', 'groupArray(tenant)', 'max(tenant)', 'any(tenant)')
  const condition = fc.constantFrom(
    // Fails on a row that is not his: nothing of the statement may be computed of one.
    ...[
      "intDiv(1, tenant NOT LIKE '%anary%') = 1",
      '1',
      '0',
      "tenant != 'agencyA'",
      "tenant LIKE '%anary%'",
      "NOT (tenant = 'agencyA')",
      'rand() % 2',
      '1 OR 1',
    ],
  )
  const { select } = fc.letrec<{ select: string; source: string }>((tie) => ({
    source: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      table,
      tie('select').map((sql) => `(${sql})`),
    ),
    select: fc.oneof(
      fc.tuple(column, tie('source'), condition).map(([c, s, w]) => `SELECT ${c} FROM ${s} AS q WHERE ${w}`),
      fc
        .tuple(table, table, condition)
        .map(([a, b, w]) => `SELECT * FROM ${a} AS a CROSS JOIN ${b} AS b WHERE ${w.replaceAll('tenant', 'b.tenant')}`),
      fc.tuple(table, table).map(([a, b]) => `SELECT a.* FROM ${a} AS a FULL JOIN ${b} AS b ON a.tenant = b.tenant`),
      fc
        .tuple(table, table, fc.constantFrom('INNER', 'LEFT', 'RIGHT', 'FULL', 'ANY LEFT', 'SEMI LEFT', 'ANTI LEFT'))
        .map(([a, b, kind]) => `SELECT a.* FROM ${a} AS a ${kind} JOIN ${b} AS b ON ${alarm('a')} = ${alarm('b')}`),
      table.map((a) => `SELECT ${alarm('q')} AS k, count() FROM ${a} AS q GROUP BY k HAVING k = 1 ORDER BY k LIMIT 1`),
      table.map((a) => `SELECT tenant FROM ${a} AS q ORDER BY ${alarm('q')}, tenant LIMIT 1 BY ${alarm('q')}`),
      table.map((a) => `SELECT q.tenant FROM ${a} AS q ARRAY JOIN [${alarm('q')}] AS e WHERE e IN (SELECT 1)`),
      fc
        .tuple(table, table)
        .map(([a, b]) => `SELECT 1 FROM ${a} AS q WHERE ${alarm('q')} IN (SELECT ${alarm('b')} FROM ${b} AS b)`),
      fc.tuple(table, table).map(([a, b]) => `SELECT tenant FROM ${a} UNION ALL SELECT max(tenant) FROM ${b}`),
      fc.tuple(table, table).map(([a, b]) => `SELECT tenant FROM ${a} EXCEPT SELECT tenant FROM ${b} WHERE 0`),
      fc.tuple(table, table).map(([a, b]) => `SELECT * FROM ${a} WHERE tenant IN (SELECT tenant FROM ${b})`),
      fc.tuple(table, condition).map(([a, w]) => `WITH c AS (SELECT * FROM ${a} WHERE ${w}) SELECT * FROM c, c AS d`),
      table.map((a) => `SELECT (SELECT groupUniqArray(tenant) FROM ${a}), (SELECT max(tenant) FROM ${a})`),
      table.map((a) => `SELECT tenant, count() OVER (PARTITION BY tenant) FROM ${a} FINAL`),
      table.map((a) => `SELECT tenant, count() FROM ${a} GROUP BY tenant WITH TOTALS`),
      table.map((a) => `SELECT DISTINCT tenant FROM ${a} ORDER BY tenant DESC LIMIT 1 BY tenant`),
    ),
  }))
  return select
}
