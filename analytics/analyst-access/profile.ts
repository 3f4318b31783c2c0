import { FILTERS_FIRST, RUNNING_PER_KEY_MAX, SQL_LIMITS, THREADS_MAX } from '../stores/sql/sql-limits.ts'

/** `const`: nobody changes it. `lower`: a client may ask for less, and not for 0, which is without limit. */
export type ProfileSetting = { name: string; value: number; bound: 'const' | 'lower' }

const bound = (kind: ProfileSetting['bound'], settings: Record<string, number>): ProfileSetting[] =>
  Object.entries(settings).map(([name, value]) => ({ name, value, bound: kind }))

/** The door's limits as a settings profile. */
export const profileSettings: ProfileSetting[] = [
  ...bound('const', {
    readonly: 2,
    max_concurrent_queries_for_user: RUNNING_PER_KEY_MAX,
    // Before FINAL the parts of a row are judged alone: a lead would be without what is in a part that names no region.
    apply_row_policy_after_final: 1,
    ...FILTERS_FIRST,
  }),
  ...bound('lower', {
    max_execution_time: SQL_LIMITS.secondsMax,
    max_memory_usage: SQL_LIMITS.memoryBytesMax,
    max_result_rows: SQL_LIMITS.rowsMax,
    max_result_bytes: SQL_LIMITS.bytesMax,
    max_threads: THREADS_MAX,
  }),
]

/** Of one key in an hour: a dashboard of 20 panels every minute, or half of one place all the time. */
export const quotaLimits = { queries: 2_000, execution_time: 1_800 }
