export type SqlLimits = { secondsMax: number; memoryBytesMax: number; rowsMax: number; bytesMax: number }

/** What one statement of an analyst may take: four at once leave the processes their share of a small machine. */
export const SQL_LIMITS: SqlLimits = {
  secondsMax: 20,
  memoryBytesMax: 512 * 1024 ** 2,
  rowsMax: 1_000_000,
  bytesMax: 64 * 1024 ** 2,
}
export const THREADS_MAX = 2
/** Of one key at once. */
export const RUNNING_PER_KEY_MAX = 2

/**
 * The filters stay below whatever the analyst asks: merged with his conditions, or moved, they would be tested in the order
 * of cost, and a condition that fails on a row tells of a row that he may not read.
 */
export const FILTERS_FIRST = {
  query_plan_merge_filters: 0,
  optimize_move_to_prewhere: 0,
  query_plan_optimize_prewhere: 0,
  // Joins' own filters are tested together with ours, so a key of a join would be computed of rows that are not his.
  enable_join_runtime_filters: 0,
  use_top_k_dynamic_filtering: 0,
} as const
