import { Compile } from 'typebox/compile'
import { RouterReply, RouterRequest } from '../../contracts/router-request.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

export type PretendRouter = { asked: RouterRequest[]; stop: () => void }

/** Answers what the directory asks, by the contract in both directions; a breach of it is told to the test. */
export function pretendRouter(nats: Nats, answer: (request: RouterRequest) => RouterReply): PretendRouter {
  const asked: RouterRequest[] = []
  const isRequest = Compile(RouterRequest)
  const isReply = Compile(RouterReply)
  const subscription = nats.connection.subscribe(subjects.routerRequest, {
    queue: 'router',
    callback: (_error, message) => {
      const request = message.json<RouterRequest>()
      if (!isRequest.Check(request)) throw new Error(`no router request: ${JSON.stringify(request)}`)
      asked.push(request)
      const reply = answer(request)
      if (!isReply.Check(reply)) throw new Error(`no router reply: ${JSON.stringify(isReply.Errors(reply)[0])}`)
      message.respond(JSON.stringify(reply))
    },
  })
  return { asked, stop: () => subscription.unsubscribe() }
}
