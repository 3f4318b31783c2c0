import { RequestError, TimeoutError } from '@nats-io/transport-node'
import type { AnalyticsReply, AnalyticsRequest } from '../../contracts/analytics-request.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

/** Asks whichever analytics process is free. @returns null when none answers in time. */
export type AskAnalytics = (request: AnalyticsRequest) => Promise<AnalyticsReply | null>

/** Parts that hold a row of the person are written anew, and that is waited for. */
const ANSWER_WITHIN_MS = 120_000

export const createAskAnalytics =
  (nats: Nats): AskAnalytics =>
  async (request) => {
    const reply = await nats.connection
      .request(subjects.analyticsRequest, JSON.stringify(request), { timeout: ANSWER_WITHIN_MS })
      .catch((error: Error) => {
        if (error instanceof TimeoutError || error instanceof RequestError) return null
        throw error
      })
    return reply?.json<AnalyticsReply>() ?? null
  }
