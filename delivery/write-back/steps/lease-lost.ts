/** Another try has the lead, or has ended it: whatever this one still wanted to write is not its own any more. */
export class LeaseLost extends Error {
  constructor(leadId: string) {
    super(`another try has lead ${leadId}`)
    this.name = 'LeaseLost'
  }
}
