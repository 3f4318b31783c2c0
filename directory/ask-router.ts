import type { Decision } from '../contracts/decision.ts'
import type { RouterReply, RouterRequest } from '../contracts/router-request.ts'
import { problems, takenLead } from './problems.ts'
import type { AskRouter } from './stores/router-link.ts'

/** The router's decision, or its refusal as a problem. */
export async function askRouter(ask: AskRouter, request: RouterRequest): Promise<Decision> {
  const reply = await ask(request)
  if (!reply) throw new problems.unavailable('No router answers. Try again in a few seconds.')
  switch (reply.kind) {
    case 'decided':
    case 'preview':
      return reply.decision
    case 'refused':
      throw problemOf(reply)
  }
}

function problemOf({ code, message, takenBy }: Extract<RouterReply, { kind: 'refused' }>): Error {
  switch (code) {
    case 'NOT_FOUND':
      return new problems.notFound('lead')
    case 'NOT_CLAIMABLE':
      return new problems.notClaimable(message)
    case 'TAKEN':
      return takenLead(message, takenBy)
    case 'NO_SUCH_LOCATION':
      return new problems.conflict(message)
    case 'ENDED':
      return new problems.ended(message)
    case 'BUSY':
      return new problems.unavailable(message)
  }
}
