import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Journal } from '../record/journal.ts'
import type { Contact } from '../record/state.ts'
import { hookOf, noteFields, type Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'
import { CreateContactBody, SearchContactsBody, UpdateContactBody, UpsertContactBody } from './contact-schema.ts'
import { searchContacts, searchMark } from './contact-search.ts'
import { changedContact, contactEcho, contactView, findDuplicate, newContact, tidyTags } from './contacts.ts'

export type ContactsOptions = { journal: Journal; sender: Sender; sending: Sending; access: Access }

const ById = Type.Object({ contactId: Type.String() })
const Duplicates = Type.Object({
  locationId: Type.String(),
  number: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
})
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

export function contactsRoute(options: ContactsOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.register(writes(options))
    app.register(reads(options))
    app.register(attachments(options))
    done()
  }
}

function writes({ journal, sender, sending, access }: ContactsOptions): FastifyPluginCallbackTypebox {
  const save = async (type: 'ContactCreate' | 'ContactUpdate', contact: Contact): Promise<void> => {
    const echo = contactEcho(sending, type, contact, type === 'ContactCreate' ? 'create' : randomUUID())
    await sender.emit([{ k: 'contact', contact }], [echo])
  }
  return (app, _options, done) => {
    app.post('/contacts/upsert', { schema: { body: UpsertContactBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const match = findDuplicate(journal.state, locationId, request.body)
      const contact = match
        ? changedContact(sending, match.contact, request.body)
        : newContact(sending, journal, locationId, request.body)
      await save(match ? 'ContactUpdate' : 'ContactCreate', contact)
      return { new: !match, contact: contactView(contact), traceId: randomUUID() }
    })

    app.post('/contacts/', { schema: { body: CreateContactBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const match = findDuplicate(journal.state, locationId, request.body)
      if (match) {
        const meta = { contactId: match.contact.id, matchingField: match.field }
        throw badRequest('This location does not allow duplicated contacts.', { meta })
      }
      const contact = newContact(sending, journal, locationId, request.body)
      await save('ContactCreate', contact)
      return reply.code(201).send({ contact: contactView(contact) })
    })

    app.put('/contacts/:contactId', { schema: { params: ById, body: UpdateContactBody } }, async (request, reply) => {
      const contact = changedContact(sending, contactFor(journal, access, request, reply), request.body)
      await save('ContactUpdate', contact)
      return { succeded: true, contact: contactView(contact) }
    })
    done()
  }
}

function reads({ journal, access }: ContactsOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get('/contacts/search/duplicate', { schema: { querystring: Duplicates } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      const { email, number: phone } = request.query
      access.own(locationId, request.query.locationId)
      const match = findDuplicate(journal.state, locationId, { email, phone })
      return { contact: match ? contactView(match.contact) : null, traceId: randomUUID() }
    })

    app.get('/contacts/:contactId', { schema: { params: ById } }, async (request, reply) => {
      return { contact: contactView(contactFor(journal, access, request, reply)), traceId: randomUUID() }
    })

    app.post('/contacts/search', { schema: { body: SearchContactsBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const own = [...journal.state.contacts.values()].filter((contact) => contact.locationId === locationId)
      const { page, total } = searchContacts(own, request.body)
      const contacts = page.map((contact) => ({ ...contactView(contact), searchAfter: searchMark(contact) }))
      return { contacts, total, traceId: randomUUID() }
    })
    done()
  }
}

function attachments({ journal, sender, sending, access }: ContactsOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.post('/contacts/:contactId/tags', { schema: { params: ById, body: Tags } }, async (request, reply) => {
      const before = contactFor(journal, access, request, reply)
      const tags = tidyTags([...before.tags, ...request.body.tags])
      const contact = { ...before, tags, dateUpdated: new Date(sending.now()).toISOString() }
      await sender.emit([{ k: 'contact', contact }], [contactEcho(sending, 'ContactTagUpdate', contact, randomUUID())])
      return reply.code(201).send({ tags, tagsAdded: tags.filter((tag) => !before.tags.includes(tag)) })
    })

    app.post('/contacts/:contactId/notes', { schema: { params: ById, body: NoteBody } }, async (request, reply) => {
      const { id: contactId, locationId } = contactFor(journal, access, request, reply)
      const { body, userId, title } = request.body
      const dateAdded = new Date(sending.now()).toISOString()
      const id = randomUUID().replaceAll('-', '').slice(0, 20)
      const note = { id, contactId, body, dateAdded, ...(userId ? { userId } : {}), ...(title ? { title } : {}) }
      const echo = hookOf(sending, { type: 'NoteCreate', locationId, kind: 'echo', key: id }, noteFields(note))
      await sender.emit([{ k: 'note', note }], [echo])
      return reply.code(201).send({ note })
    })
    done()
  }
}

type OneContact = FastifyRequest<{ Params: { contactId: string } }>

function contactFor(journal: Journal, access: Access, request: FastifyRequest, reply: FastifyReply): Contact {
  const locationId = access.location(request, reply)
  const { contactId } = (request as OneContact).params
  const contact = journal.state.contacts.get(contactId)
  if (!contact) throw badRequest(`Contact with id ${contactId} not found`)
  access.own(locationId, contact.locationId)
  return contact
}
