/** A message that no retry will make readable: it is set aside, its reason in the dead letter. */
export class Malformed extends Error {
  constructor(detail: string) {
    super(detail)
    this.name = 'Malformed'
  }
}
