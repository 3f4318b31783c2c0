export type BucketBudget = { bucket: string; per10s: number; today: number }
export type ShownBudget = { kind: 'company' | 'location'; id: string; per10s: number; today: number }

const SHOWN_MAX = 10
const COMPANY = 'company:'

/** Of companies and of sub-accounts, those that have least left now: what an operator wants to see, in few series. */
export function tightestBudgets(budgets: readonly BucketBudget[]): ShownBudget[] {
  const shown = budgets.map(({ bucket, per10s, today }): ShownBudget => {
    const isCompany = bucket.startsWith(COMPANY)
    return {
      kind: isCompany ? 'company' : 'location',
      id: isCompany ? bucket.slice(COMPANY.length) : bucket,
      per10s,
      today,
    }
  })
  const least = shown.sort((a, b) => a.per10s - b.per10s || a.today - b.today)
  return (['company', 'location'] as const).flatMap((kind) =>
    least.filter((one) => one.kind === kind).slice(0, SHOWN_MAX),
  )
}
