import { Compile } from 'typebox/compile'
import { type AnalyticsReply, AnalyticsRequest } from '../contracts/analytics-request.ts'
import type { Logger } from '../kernel/logger.ts'

const isRequest = Compile(AnalyticsRequest)

/** Answers what the directory asks of ClickHouse's writer. */
export function createRequestAnswers(erase: (request: AnalyticsRequest) => Promise<AnalyticsReply>, log: Logger) {
  return async (body: string): Promise<AnalyticsReply> => {
    const request = JSON.parse(body) as unknown
    if (!isRequest.Check(request)) return busy('Analytics is of another version: it does not know this request.')
    try {
      return await erase(request)
    } catch (error) {
      log.warn({ kind: request.kind, tenant: request.tenant, error: (error as Error).name }, 'request failed')
      return busy('ClickHouse does not answer. Try again in a minute.')
    }
  }
}

const busy = (message: string): AnalyticsReply => ({ kind: 'refused', code: 'BUSY', message })
