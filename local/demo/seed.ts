import { demoIntakes, demoLocations, demoRegions, demoTenant } from './locations.ts'
import { demoRuleset } from './ruleset.ts'

export type SeedOptions = {
  directoryUrl: string
  adminKey: string
  ghlUrl: string
  /** The simulator's first refresh token: what installing the app in GHL would have given. */
  refreshToken: string
}

/**
 * Makes the demo agency through the same API that an operator's script would use, and tells the simulator of its
 * sub-accounts. Safe to repeat. @returns the widget key for the demo page.
 */
export async function seedDemo({
  directoryUrl,
  adminKey,
  ghlUrl,
  refreshToken,
}: SeedOptions): Promise<{ widgetKey: string }> {
  const call = <T>(method: string, path: string, body?: object): Promise<T> =>
    request<T>(`${directoryUrl}${path}`, method, body, { authorization: `Bearer ${adminKey}` })

  await request(`${ghlUrl}/_sim/organisation`, 'PUT', simulatedOrganisation(), {})
  await call('PUT', `/v1/agencies/${demoTenant}`, { id: demoTenant, name: 'Hexroute Demo' })
  await call('PUT', `/v1/agencies/${demoTenant}/ghl-token`, { refreshToken })
  for (const region of demoRegions) await call('PUT', `/v1/regions/${region.id}`, { ...region, tenant: demoTenant })
  for (const location of organisationLocations()) await call('PUT', `/v1/locations/${location.id}`, location)
  const draft = await call<{ id: string }>('POST', '/v1/rulesets', demoRuleset())
  await call('POST', `/v1/rulesets/${draft.id}/publish`)
  const { key } = await call<{ key: string }>('POST', '/v1/keys', {
    tenant: demoTenant,
    role: 'widget',
    name: 'demo page',
  })
  return { widgetKey: key }
}

const organisationLocations = () => [
  ...demoIntakes.map(({ id, name, timeZone }) => ({
    ...{ id, name, timeZone, tenant: demoTenant, regionId: null, kind: 'intake', status: 'active' },
    ...{ latitude: null, longitude: null, weight: 1 },
  })),
  ...demoLocations.map(({ id, name, regionId, latitude, longitude, timeZone, weight }) => ({
    ...{
      id,
      name,
      regionId,
      latitude,
      longitude,
      timeZone,
      weight,
      tenant: demoTenant,
      kind: 'location',
      status: 'active',
    },
  })),
]

const simulatedOrganisation = () => ({
  companyId: demoTenant,
  name: 'Hexroute Demo',
  locations: [
    ...demoIntakes.map(({ id, name, country, timeZone }) => ({ id, name, country, timezone: timeZone, intake: true })),
    ...demoLocations.map(({ id, name, city, state, country, postalCode, latitude, longitude, timeZone, rates }) => ({
      ...{
        id,
        name,
        city,
        state,
        country,
        postalCode,
        rates,
        lat: latitude,
        lon: longitude,
        timezone: timeZone,
        intake: false,
      },
    })),
  ],
})

async function request<T>(
  url: string,
  method: string,
  body: object | undefined,
  headers: Record<string, string>,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 500)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
