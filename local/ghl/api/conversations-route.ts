import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import { entityId } from '../people/draw.ts'
import { hookOf } from '../webhooks/bodies.ts'
import { contactOf } from './contact-of.ts'
import type { ContactsOptions } from './contacts-route.ts'

const text = Type.Optional(Type.String())
const MessageBody = Type.Object(
  {
    type: Type.Enum(['SMS', 'Email', 'InternalComment', 'WhatsApp', 'Live_Chat', 'Custom']),
    contactId: Type.String({ minLength: 1 }),
    message: text,
    html: text,
    subject: text,
    emailFrom: text,
    emailTo: text,
    fromNumber: text,
    toNumber: text,
    userId: text,
    mentions: Type.Optional(Type.Array(Type.String())),
    status: text,
    subType: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)

/** Messages to a contact, or comments about one: each call is one more. */
export function conversationsRoute(options: ContactsOptions): FastifyPluginCallbackTypebox {
  const { sender, sending } = options
  return (app, _options, done) => {
    app.post('/conversations/messages', { schema: { body: MessageBody } }, async (request, reply) => {
      const { body } = request
      const { locationId, id: contactId } = contactOf(options, [request, reply], body.contactId)
      const dateAdded = new Date(sending.now()).toISOString()
      const id = randomUUID().replaceAll('-', '').slice(0, 20)
      const message = { id, contactId, type: body.type, text: textOf(body), mentions: body.mentions ?? [], dateAdded }
      const conversationId = entityId(sending.seed, 'conversation', contactId)
      const fields = { body: message.text, contactId, conversationId, dateAdded, direction: 'outbound' }
      const about = { type: 'OutboundMessage', locationId, kind: 'echo', key: id } as const
      const echo = hookOf(sending, about, { ...fields, messageType: body.type, source: 'api', status: 'delivered' })
      await sender.emit([{ k: 'message', message }], body.type === 'InternalComment' ? [] : [echo])
      return { conversationId, messageId: id, msg: 'Message queued successfully.', status: 'pending' }
    })
    done()
  }
}

const textOf = ({ message, html, subject }: Static<typeof MessageBody>): string =>
  [subject, message ?? html].filter(Boolean).join('\n')
