/** What is wrong with a ruleset, or may be: where, why, and what mends it. Errors keep it from being published. */
export type Finding = { severity: 'error' | 'warning'; code: string; path: string; message: string; fix: string }
