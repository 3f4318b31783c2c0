import type { Contact } from '../record/state.ts'

/** The same person in two sub-accounts, or in two runs, has one key. */
export function personKeyOf(contact: Contact): string {
  const { email, phone } = contact.fields
  if (typeof email === 'string' && email) return email.toLowerCase()
  return typeof phone === 'string' && phone ? phone : contact.id
}
