import type { Candidate, Decision } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { hashOfText } from './decision-hash.ts'
import { listText, nameText, nullableName } from './json-text.ts'

/** Not enumerable, so that a changed copy does not carry it. A WeakMap keeps all decisions through every small collection. */
const TEXT = Symbol('text')
type Sealed = Decision & { [TEXT]?: string }

/** Adds the hash, and keeps the JSON that it was made of: the same text is stored and published. */
export function sealDecision(open: Omit<Decision, 'hash'>): Decision {
  const body = bodyText(open)
  const hash = hashOfText(`${body}}`)
  // Added to the very object: a copy of its 35 fields costs as much as the hash.
  const decision = Object.assign(open, { hash })
  return Object.defineProperty(decision, TEXT, { value: `${body},"hash":"${hash}"}` })
}

/** The decision's JSON, byte for byte as it was hashed. */
export const decisionText = (decision: Sealed): string => decision[TEXT] ?? JSON.stringify(decision)

/**
 * What JSON.stringify makes of it, but for the last brace, in a quarter of the time: the keys are known. The order is that
 * of the contract.
 */
function bodyText(d: Omit<Decision, 'hash'>): string {
  return (
    `{"decisionId":"${d.decisionId}","leadId":${JSON.stringify(d.leadId)},"attempt":${d.attempt}` +
    `,"tenant":${nameText(d.tenant)},"eventId":${JSON.stringify(d.eventId)},"outcome":"${d.outcome}"` +
    `,"tier":${nullableName(d.tier)},"fallback":${nullableName(d.fallback)},"locationId":${nullableName(d.locationId)}` +
    `,"regionId":${nullableName(d.regionId)},"userId":${nullableName(d.userId)},"until":${JSON.stringify(d.until)}` +
    `,"pondGroup":${d.pondGroup},"offeredTo":${listText(d.offeredTo)},"strategy":"${d.strategy}"` +
    `,"why":${JSON.stringify(d.why)},"silent":${d.silent},"flags":${listText(d.flags)},"score":${d.score}` +
    `,"contributions":${listText(d.contributions)},"rules":${listText(d.rules)}` +
    `,"intakeLocationId":${nameText(d.intakeLocationId)},"leadSource":${JSON.stringify(d.leadSource)}` +
    (d.leadCampaign === undefined ? '' : `,"leadCampaign":${JSON.stringify(d.leadCampaign)}`) +
    `,"place":${JSON.stringify(d.place)},"candidates":${candidatesText(d.candidates)},"users":${listText(d.users)}` +
    `,"request":${JSON.stringify(d.request)},"snapshot":${snapshotText(d.snapshot)}` +
    `,"rulesetHash":${nameText(d.rulesetHash)},"seed":${JSON.stringify(d.seed)}` +
    `,"decidedAt":"${d.decidedAt}","leadCreatedAt":${JSON.stringify(d.leadCreatedAt)}`
  )
}

function candidatesText(candidates: readonly Candidate[]): string {
  let text = ''
  for (const c of candidates) {
    text +=
      `${text === '' ? '[' : ','}{"locationId":${nameText(c.locationId)},"regionId":${nameText(c.regionId)}` +
      `,"tier":"${c.tier}","territoryKind":${nullableName(c.territoryKind)},"territoryId":${nullableName(c.territoryId)}` +
      `,"distanceM":${c.distanceM},"utilisation":${c.utilisation},"score":${finite(c.score)},"rank":${c.rank}` +
      `,"reason":${nullableName(c.reason)},"detail":${c.detail === null ? 'null' : JSON.stringify(c.detail)}}`
  }
  return text === '' ? '[]' : `${text}]`
}

/** A router keeps it beside the reservation too. */
export function snapshotText({ counters, statuses, refused, sticky, waiting, engagement }: Snapshot): string {
  return (
    `{"counters":${countersText(counters)},"statuses":${JSON.stringify(statuses)},"refused":${JSON.stringify(refused)}` +
    `,"sticky":${JSON.stringify(sticky)},"waiting":${JSON.stringify(waiting)},"engagement":${listText(engagement)}}`
  )
}

function countersText(counters: Snapshot['counters']): string {
  let text = ''
  for (const place in counters) {
    let used = ''
    const ofPlace = counters[place]!
    for (const label in ofPlace) used += `${used === '' ? '' : ','}${nameText(label)}:${ofPlace[label]}`
    text += `${text === '' ? '' : ','}${nameText(place)}:{${used}}`
  }
  return `{${text}}`
}

/** As JSON says it: preferences multiply, and may leave the numbers. */
const finite = (score: number | null): number | null => (Number.isFinite(score) ? score : null)
