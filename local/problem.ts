/** A fault that the person at the terminal can act on: its message is the whole output, without a stack. */
export class Problem extends Error {
  override name = 'Problem'
}
