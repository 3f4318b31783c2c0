import { RequestError, TimeoutError } from '@nats-io/transport-node'
import type { RouterReply, RouterRequest } from '../../contracts/router-request.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

/** Asks whichever router is free. @returns null when none answers in time. */
export type AskRouter = (request: RouterRequest) => Promise<RouterReply | null>

/** A router decides in milliseconds; what takes longer waits behind a lost store, and the caller may ask again. */
const ANSWER_WITHIN_MS = 5_000

export const createAskRouter =
  (nats: Nats, answerWithinMs = ANSWER_WITHIN_MS): AskRouter =>
  async (request) => {
    const reply = await nats.connection
      .request(subjects.routerRequest, JSON.stringify(request), { timeout: answerWithinMs })
      .catch((error: Error) => {
        if (error instanceof TimeoutError || error instanceof RequestError) return null
        throw error
      })
    return reply?.json<RouterReply>() ?? null
  }
