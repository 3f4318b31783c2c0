import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Journal } from '../record/journal.ts'
import type { Contact } from '../record/state.ts'
import type { Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'
import { contactOf } from './contact-of.ts'
import { CreateContactBody, SearchContactsBody, UpdateContactBody, UpsertContactBody } from './contact-schema.ts'
import { searchContacts } from './contact-search.ts'
import { changedContact, contactEcho, contactView, findDuplicate, newContact } from './contacts.ts'

export type ContactsOptions = { journal: Journal; sender: Sender; sending: Sending; access: Access }

const ById = Type.Object({ contactId: Type.String() })
const Duplicates = Type.Object({
  locationId: Type.String(),
  number: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
})

export function contactsRoute(options: ContactsOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.register(writes(options))
    app.register(reads(options))
    done()
  }
}

function writes(options: ContactsOptions): FastifyPluginCallbackTypebox {
  const { journal, sender, sending, access } = options
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
      if (match && !journal.state.locations.get(locationId)?.allowDuplicateContact) {
        const meta = { contactId: match.contact.id, matchingField: match.field }
        throw badRequest('This location does not allow duplicated contacts.', { meta })
      }
      const contact = newContact(sending, journal, locationId, request.body)
      await save('ContactCreate', contact)
      return reply.code(201).send({ contact: contactView(contact) })
    })

    app.put('/contacts/:contactId', { schema: { params: ById, body: UpdateContactBody } }, async (request, reply) => {
      const contact = changedContact(
        sending,
        contactOf(options, [request, reply], request.params.contactId),
        request.body,
      )
      await save('ContactUpdate', contact)
      return { succeded: true, contact: contactView(contact) }
    })
    done()
  }
}

function reads(options: ContactsOptions): FastifyPluginCallbackTypebox {
  const { journal, access } = options
  return (app, _options, done) => {
    app.get('/contacts/search/duplicate', { schema: { querystring: Duplicates } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      const { email, number: phone } = request.query
      access.own(locationId, request.query.locationId)
      const match = findDuplicate(journal.state, locationId, { email, phone })
      return { contact: match ? contactView(match.contact) : null, traceId: randomUUID() }
    })

    app.get('/contacts/:contactId', { schema: { params: ById } }, async (request, reply) => {
      return {
        contact: contactView(contactOf(options, [request, reply], request.params.contactId)),
        traceId: randomUUID(),
      }
    })

    app.post('/contacts/search', { schema: { body: SearchContactsBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const own = [...journal.state.contacts.values()].filter((contact) => contact.locationId === locationId)
      const { page, total } = searchContacts(own, request.body)
      const contacts = page.map(({ contact, searchAfter }) => ({ ...contactView(contact), searchAfter }))
      return { contacts, total, traceId: randomUUID() }
    })
    done()
  }
}
