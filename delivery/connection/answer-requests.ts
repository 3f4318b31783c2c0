import { Compile } from 'typebox/compile'
import { type DeliveryReply, DeliveryRequest, type DeliveryRequestOf } from '../../contracts/delivery-request.ts'
import type { Logger } from '../../kernel/logger.ts'
import { refusalOf, refused } from './steps/refusal-of.ts'

type Kind = DeliveryRequest['kind']
type Handler<K extends Kind> = (request: DeliveryRequestOf<K>) => Promise<DeliveryReply>

/** Each capability brings the kinds that it answers. A fault that it throws is told to the caller as a refusal. */
export type RequestHandlers = { [K in Kind]: Handler<K> }

const OTHER_VERSION = 'Delivery is of another version: it does not know this request.'
const isRequest = Compile(DeliveryRequest)

/** Answers what the directory asks: one handler a kind. */
export function createRequestAnswers(handlers: RequestHandlers, log: Logger): (body: string) => Promise<DeliveryReply> {
  return async (body) => {
    const request = JSON.parse(body) as unknown
    if (!isRequest.Check(request)) return refused('BUSY', OTHER_VERSION)
    try {
      return await handle(handlers, request)
    } catch (error) {
      log.warn({ kind: request.kind, tenant: request.tenant, error: (error as Error).message }, 'request failed')
      return refusalOf(error)
    }
  }
}

/** The compiler cannot see that a record's entry of a kind takes the request of that kind. */
const handle = <K extends Kind>(handlers: RequestHandlers, request: DeliveryRequestOf<K>): Promise<DeliveryReply> =>
  (handlers[request.kind] as Handler<K>)(request)
