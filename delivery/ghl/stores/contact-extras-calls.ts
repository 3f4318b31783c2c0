import type { MessageAnswer, MessageBody, Note, NoteBody } from '../steps/ghl-bodies.ts'
import type { GhlHttp } from './ghl-http.ts'

/** What hangs on a contact: tags, notes, workflows, messages. */
export function createContactExtrasCalls(http: GhlHttp) {
  return {
    /** Adds; the contact's other tags stay. */
    addTags: (token: string, locationId: string, contactId: string, tags: string[]): Promise<unknown> =>
      http.send({ operation: 'add-tags', params: { contactId }, json: { tags }, token, bucket: locationId }),

    /** Not idempotent: a second call is a second note. Gives the id. */
    addNote: async (token: string, locationId: string, contactId: string, json: NoteBody): Promise<string> => {
      const answer = await http.send<{ note: { id: string } }>({
        operation: 'add-note',
        params: { contactId },
        json,
        token,
        bucket: locationId,
      })
      return answer.note.id
    },

    listNotes: async (token: string, locationId: string, contactId: string): Promise<Note[]> => {
      const answer = await http.send<{ notes: Note[] }>({
        operation: 'list-notes',
        params: { contactId },
        token,
        bucket: locationId,
      })
      return answer.notes
    },

    addToWorkflow: (token: string, locationId: string, contactId: string, workflowId: string): Promise<unknown> =>
      http.send({
        operation: 'add-to-workflow',
        params: { contactId, workflowId },
        json: {},
        token,
        bucket: locationId,
      }),

    removeFromWorkflow: (token: string, locationId: string, contactId: string, workflowId: string): Promise<unknown> =>
      http.send({
        operation: 'remove-from-workflow',
        params: { contactId, workflowId },
        json: {},
        token,
        bucket: locationId,
      }),

    /** Costs the agency money and is not idempotent: a second call is a second message. */
    sendMessage: (token: string, locationId: string, json: MessageBody): Promise<MessageAnswer> =>
      http.send({ operation: 'send-message', json, token, bucket: locationId }),
  }
}
