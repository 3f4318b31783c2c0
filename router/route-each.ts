import type { Decision } from '../contracts/decision.ts'
import type { Logger } from '../kernel/logger.ts'
import type { AgainRequest } from './route-again.ts'

/** So many in a row are no fault of the leads. */
const FAULTS_MAX = 3

export type RoutedEach<T> = { decisions: Decision[]; failed: T[] }

/** Decides leads again; when that fails, one by one, so that one which cannot be decided stops none of the others. */
export async function routeEach<T extends AgainRequest>(
  routeAgain: (requests: readonly T[]) => Promise<Decision[]>,
  requests: readonly T[],
  log: Logger,
): Promise<RoutedEach<T>> {
  if (requests.length === 0) return { decisions: [], failed: [] }
  try {
    return { decisions: await routeAgain(requests), failed: [] }
  } catch (error) {
    log.warn({ leads: requests.length, error: (error as Error).message }, 'leads are decided again one by one')
  }
  const decisions: Decision[] = []
  const failed: T[] = []
  for (const [done, request] of requests.entries()) {
    if (failed.length === FAULTS_MAX && done === FAULTS_MAX) return { decisions, failed: [...requests] }
    try {
      decisions.push(...(await routeAgain([request])))
    } catch (error) {
      failed.push(request)
      log.warn({ leadId: request.leadId, kind: request.kind, error: (error as Error).message }, 'not decided again')
    }
  }
  return { decisions, failed }
}
