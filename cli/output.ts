import type { Command } from 'commander'
import { createPaint, type Paint } from './print/paint.ts'

/** Writes an answer: as JSON with --json, else as text for people. */
export function output<T>(command: Command, answer: T, text: (answer: T, paint: Paint) => string): void {
  const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true
  const shown = isJson ? JSON.stringify(answer, null, 2) : text(answer, createPaint(process.stdout)).trimEnd()
  process.stdout.write(`${shown}\n`)
}
