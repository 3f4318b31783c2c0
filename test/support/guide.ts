export type GuideStep = { command: string; answers: string[] }

/** The commands under a heading of a text, in order, each with what stands below it as its answer. @throws when there are none. */
export function stepsUnder(text: string, heading: string): GuideStep[] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const steps: GuideStep[] = []
  for (const [, command, block, line] of section.matchAll(
    /^```sh\n([\s\S]*?)^```|^```\n([\s\S]*?)^```|^`([^`\n]+)`$/gm,
  )) {
    if (command !== undefined) steps.push({ command, answers: [] })
    else steps.at(-1)?.answers.push((block ?? line!).trim())
  }
  if (steps.length === 0) throw new Error(`there is no command under "${heading}"`)
  return steps
}

/** Puts in what a reader has to put in. @throws when a `<placeholder>` is left. */
export function filledIn(command: string, values: Record<string, string>): string {
  const filled = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), command)
  const left = /<[A-Za-z][^>\n]*>/.exec(filled)
  if (left) throw new Error(`nobody knows what to put in for ${left[0]}`)
  return filled
}

/** An answer of a text as a pattern: `…` stands for anything. */
export const answerPattern = (answer: string): RegExp =>
  new RegExp(
    answer
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]*?'),
  )
