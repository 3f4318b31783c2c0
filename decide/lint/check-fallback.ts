import { type Draft, type Finding, finding } from './finding.ts'

/** Steps of the fallback chain that can never do anything. */
export function checkFallback(draft: Draft): Finding[] {
  return [...checkWiden(draft), ...checkPond(draft), ...checkHold(draft)]
}

function checkWiden({ document: { fallback, nearestMaxM } }: Draft): Finding[] {
  const steps = [nearestMaxM, ...(fallback?.widenM ?? [])]
  return steps.flatMap((reachM, i) => {
    const before = steps[i - 1]
    if (before === undefined || reachM > before) return []
    const message = `${reachM} m does not reach beyond ${before} m`
    return [finding('WIDEN_NOT_RISING', `/fallback/widenM/${i - 1}`, message, 'let each step be larger than the last')]
  })
}

function checkPond({ document: { fallback } }: Draft): Finding[] {
  const offered = new Set<string>()
  return (fallback?.pond?.groups ?? []).flatMap(({ id, locationIds }, i) => {
    const isNew = locationIds.some((locationId) => !offered.has(locationId))
    for (const locationId of locationIds) offered.add(locationId)
    if (isNew) return []
    const message = `all of group ${id} were offered the lead before`
    return [
      finding('POND_GROUP_USELESS', `/fallback/pond/groups/${i}`, message, 'take the group out, or add locations'),
    ]
  })
}

function checkHold({ document }: Draft): Finding[] {
  const { fallback, caps, locationSettings = [] } = document
  const canFill = caps.some(({ limit }) => limit !== null && limit > 0)
  const canClose = locationSettings.some(({ whenClosed }) => whenClosed !== undefined && whenClosed !== 'ROUTE_ANYWAY')
  if (!fallback?.hold || canFill || canClose) return []
  const message = 'nothing here ever gets room or opens: no cap has a limit and no location refuses when it is closed'
  return [finding('HOLD_USELESS', '/fallback/hold', message, 'take hold out, or add the caps or hours it waits for')]
}
