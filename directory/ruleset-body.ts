import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { RulesetDocument } from '../contracts/ruleset.ts'
import { faultyRuleset } from './problems.ts'
import { documentFaults } from './steps/document-faults.ts'

const FAULTS_MAX = 50
/** 41,000 ZIPs and a hundred polygons of 500 points are some 3 MB. */
export const RULESET_BYTES_MAX = 32 * 1024 * 1024

/** In the API description it stands for the component of this name; the whole schema is checked by `rulesetParser`. */
export const RulesetBody = Type.Unsafe<unknown>({ type: 'object', $comment: 'RulesetDocument' })

/** Compiling takes some 75 ms, so it is done once. @returns a parser that throws BAD_REQUEST with all faults as `findings`. */
export function rulesetParser(): (body: unknown) => RulesetDocument {
  const schema = Compile(RulesetDocument)
  return (body) => {
    if (schema.Check(body)) return body
    throw faultyRuleset(documentFaults(RulesetDocument, body, FAULTS_MAX))
  }
}
