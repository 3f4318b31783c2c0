/** With SELECT on a table itself these would show keys and counts of all its rows, whatever its policies. */
export const pastPolicies = [
  `SELECT * FROM mergeTreeIndex(hexroute, decisions)`,
  `SELECT * FROM mergeTreeAnalyzeIndexes(hexroute, decisions)`,
  `SELECT * FROM system.parts`,
  `SET ROLE hexroute_reader`,
  `SET DEFAULT ROLE ALL TO default`,
]

/** What the profile and the grants make of a question. */
export const bounds: [string, RegExp][] = [
  ['SELECT number FROM numbers(1000001)', /TOO_MANY_ROWS_OR_BYTES/],
  ['SELECT groupArray(toString(number)) FROM numbers(1e9)', /MEMORY_LIMIT_EXCEEDED/],
  ['SELECT 1 SETTINGS max_result_rows = 10, max_execution_time = 5', /^1\n$/],
  ['SELECT 1 SETTINGS max_result_rows = 0', /SETTING_CONSTRAINT_VIOLATION/],
  ['SELECT 1 SETTINGS max_execution_time = 21', /SETTING_CONSTRAINT_VIOLATION/],
  ['SELECT 1 SETTINGS max_memory_usage = 0', /SETTING_CONSTRAINT_VIOLATION/],
  ['SELECT 1 SETTINGS enable_join_runtime_filters = 1', /SETTING_CONSTRAINT_VIOLATION/],
  ['SELECT 1 SETTINGS apply_row_policy_after_final = 0', /SETTING_CONSTRAINT_VIOLATION/],
  ['SET readonly = 0', /READONLY/],
  ['CREATE TEMPORARY TABLE x (a Int8)', /ACCESS_DENIED/],
  ['SELECT * FROM mergeTreeIndex(hexroute, decisions)', /ACCESS_DENIED/],
  ['SELECT count() FROM system.parts', /^0\n$/],
]

/** A statement over several tables as SHOW ACCESS tells it: one line each. */
export function eachAlone(sql: string): string[] {
  const policy = /^ALTER ROW POLICY (\S+) ON (.*?) FOR SELECT (.*)$/s.exec(sql)
  if (policy)
    return policy[2]!.split(', ').map((table) => `CREATE ROW POLICY ${policy[1]} ON ${table} FOR SELECT ${policy[3]}`)
  const grant = /^GRANT (.*) TO hexroute_reader WITH REPLACE OPTION$/.exec(sql)
  if (!grant) throw new Error(`neither a policy nor a grant: ${sql}`)
  return grant[1]!.split(', ').map((one) => `GRANT ${one} TO hexroute_reader`)
}
