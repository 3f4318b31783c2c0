import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { e164, mailbox } from '../../../decide/contact-details.ts'

export const ErasureAsk = Type.Object(
  {
    tenant: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })),
    phone: Type.Optional(Type.String({ minLength: 5, maxLength: 40, description: 'E.164, or as in the US' })),
    contact: Type.Optional(
      Type.String({ pattern: '^[^/]{1,64}/[^/]{1,64}$', description: 'sub-account id/contact id, as in GoHighLevel' }),
    ),
    withoutGhl: Type.Optional(
      Type.Boolean({ description: 'do not tag the contacts in GoHighLevel: when it cannot be reached any more' }),
    ),
  },
  { additionalProperties: false },
)
export type ErasureAsk = Static<typeof ErasureAsk>

/** Whose data is looked for. The sets grow by the contacts that are found on the way. */
export type Sought = {
  tenant: string
  /** Lower case, and E.164. */
  emails: Set<string>
  phones: Set<string>
  /** `<sub-account>/<contact id>` */
  contacts: Set<string>
  leadIds: Set<string>
}

/** null when what was given names nobody. */
export function soughtOf(tenant: string, { email, phone, contact }: ErasureAsk): Sought | null {
  const [address, number] = [mailbox(email), e164(phone, null)]
  if ((email !== undefined && !address) || (phone !== undefined && !number)) return null
  if (!address && !number && contact === undefined) return null
  return {
    tenant,
    emails: new Set(address ? [address] : []),
    phones: new Set(number ? [number] : []),
    contacts: new Set(contact === undefined ? [] : [contact]),
    leadIds: new Set(),
  }
}

/** As in `lead_identities`. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
