import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { workflowsOf } from '../organisation.ts'
import { hookOf, noteFields } from '../webhooks/bodies.ts'
import { badRequest } from './api-error.ts'
import { contactOf } from './contact-of.ts'
import { contactEcho, tidyTags } from './contacts.ts'
import type { ContactsOptions } from './contacts-route.ts'

const ById = Type.Object({ contactId: Type.String() })
const InWorkflow = Type.Object({ contactId: Type.String(), workflowId: Type.String() })
const WorkflowBody = Type.Object({ eventStartTime: Type.Optional(Type.String()) }, { additionalProperties: false })
const Tags = Type.Object({ tags: Type.Array(Type.String()) }, { additionalProperties: false })
const NoteBody = Type.Object(
  {
    body: Type.String({ minLength: 1 }),
    userId: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    color: Type.Optional(Type.String()),
    pinned: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

/** What hangs on a contact: tags, notes, workflows. */
export function contactExtrasRoute(options: ContactsOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.register(tagsAndNotes(options))
    app.register(workflows(options))
    done()
  }
}

function tagsAndNotes(options: ContactsOptions): FastifyPluginCallbackTypebox {
  const { journal, sender, sending } = options
  return (app, _options, done) => {
    app.post('/contacts/:contactId/tags', { schema: { params: ById, body: Tags } }, async (request, reply) => {
      const before = contactOf(options, [request, reply], request.params.contactId)
      const tags = tidyTags([...before.tags, ...request.body.tags])
      const contact = { ...before, tags, dateUpdated: new Date(sending.now()).toISOString() }
      await sender.emit([{ k: 'contact', contact }], [contactEcho(sending, 'ContactTagUpdate', contact, randomUUID())])
      return reply.code(201).send({ tags, tagsAdded: tags.filter((tag) => !before.tags.includes(tag)) })
    })

    app.post('/contacts/:contactId/notes', { schema: { params: ById, body: NoteBody } }, async (request, reply) => {
      const { id: contactId, locationId } = contactOf(options, [request, reply], request.params.contactId)
      const { body, userId, title } = request.body
      const dateAdded = new Date(sending.now()).toISOString()
      const id = randomUUID().replaceAll('-', '').slice(0, 20)
      const note = { id, contactId, body, dateAdded, ...(userId ? { userId } : {}), ...(title ? { title } : {}) }
      const echo = hookOf(sending, { type: 'NoteCreate', locationId, kind: 'echo', key: id }, noteFields(note))
      await sender.emit([{ k: 'note', note }], [echo])
      return reply.code(201).send({ note })
    })

    app.get('/contacts/:contactId/notes', { schema: { params: ById } }, async (request, reply) => {
      const { id } = contactOf(options, [request, reply], request.params.contactId)
      return { notes: journal.state.notes.get(id) ?? [], traceId: randomUUID() }
    })
    done()
  }
}

/** A contact that is in a workflow is not put in a second time: GHL's re-entry is off unless a workflow allows it. */
function workflows(options: ContactsOptions): FastifyPluginCallbackTypebox {
  const { journal, sending } = options
  return (app, _options, done) => {
    for (const method of ['POST', 'DELETE'] as const) {
      app.route({
        method,
        url: '/contacts/:contactId/workflow/:workflowId',
        schema: { params: InWorkflow, body: WorkflowBody },
        handler: async (request, reply) => {
          const { contactId, workflowId } = request.params
          const contact = contactOf(options, [request, reply], contactId)
          const known = workflowsOf(sending.seed, journal.state.locations.get(contact.locationId)!)
          if (!known.some(({ id }) => id === workflowId)) throw badRequest('Workflow not found')
          await journal.commit([{ k: 'enrolment', contactId, workflowId, on: method === 'POST' }])
          return { succeded: true, traceId: randomUUID() }
        },
      })
    }
    done()
  }
}
