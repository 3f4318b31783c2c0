/** What a customer does after the lead reached the location: shares of its leads, as a funnel. */
export type Rates = { reply: number; book: number; win: number; lose: number }

export type DemoLocation = {
  id: string
  name: string
  regionId: string
  city: string
  state: string
  country: 'US' | 'CA'
  postalCode: string
  latitude: number
  longitude: number
  timeZone: string
  weight: number
  /** Leads a day and leads open at once; null = unlimited. */
  day: number | null
  concurrent: number | null
  rates: Rates
}

export const demoTenant = 'demoAgencyHexroute01'
export const demoRegions = [
  { id: 'southeast', name: 'Southeast' },
  { id: 'northeast', name: 'Northeast' },
  { id: 'west', name: 'West' },
  { id: 'canada', name: 'Canada' },
]
export const demoIntakes = [
  { id: 'demoMasterFunnel0001', name: 'Master funnel', country: 'US', timeZone: 'America/New_York' },
  { id: 'demoCanadaFunnel0001', name: 'Canada funnel', country: 'CA', timeZone: 'America/Toronto' },
] as const

const rows = `
southeast | Atlanta Buckhead  | GA US 30305 | 33.8390  -84.3800 | America/New_York    | 3 |  60  40 | .80 .55 .38 .25
southeast | Atlanta Decatur   | GA US 30030 | 33.7748  -84.2963 | America/New_York    | 2 | 200   - | .65 .40 .22 .30
southeast | Marietta          | GA US 30060 | 33.9526  -84.5499 | America/New_York    | 1 |  40   - | .60 .35 .18 .35
southeast | Charlotte         | NC US 28202 | 35.2271  -80.8431 | America/New_York    | 1 |   - 120 | .75 .50 .31 .25
southeast | Nashville         | TN US 37203 | 36.1627  -86.7816 | America/Chicago     | 1 | 300   - | .70 .42 .27 .30
southeast | Tampa             | FL US 33602 | 27.9506  -82.4572 | America/New_York    | 1 |   -   - | .55 .30 .14 .40
southeast | Miami             | FL US 33130 | 25.7617  -80.1918 | America/New_York    | 1 | 250  90 | .60 .36 .19 .35
northeast | Manhattan         | NY US 10018 | 40.7549  -73.9840 | America/New_York    | 3 | 150  60 | .85 .60 .41 .20
northeast | Brooklyn          | NY US 11216 | 40.6782  -73.9442 | America/New_York    | 2 |   - 150 | .70 .45 .26 .30
northeast | Jersey City       | NJ US 07302 | 40.7178  -74.0431 | America/New_York    | 2 | 400   - | .62 .38 .21 .32
northeast | Boston            | MA US 02108 | 42.3601  -71.0589 | America/New_York    | 1 |   -   - | .78 .52 .34 .24
northeast | Philadelphia      | PA US 19107 | 39.9526  -75.1652 | America/New_York    | 1 | 220   - | .58 .33 .16 .38
northeast | Washington DC     | DC US 20004 | 38.9072  -77.0369 | America/New_York    | 1 |   - 110 | .72 .48 .29 .28
west      | Denver            | CO US 80202 | 39.7392 -104.9903 | America/Denver      | 1 |   -   - | .66 .41 .24 .30
west      | Phoenix           | AZ US 85004 | 33.4484 -112.0740 | America/Phoenix     | 1 | 180   - | .60 .34 .17 .36
west      | Los Angeles       | CA US 90012 | 34.0522 -118.2437 | America/Los_Angeles | 3 | 500 200 | .68 .44 .25 .30
west      | San Diego         | CA US 92101 | 32.7157 -117.1611 | America/Los_Angeles | 1 |   -   - | .74 .49 .32 .25
west      | San Francisco     | CA US 94103 | 37.7749 -122.4194 | America/Los_Angeles | 2 |  80  50 | .82 .58 .39 .22
west      | Seattle           | WA US 98101 | 47.6062 -122.3321 | America/Los_Angeles | 1 | 260   - | .64 .39 .23 .31
west      | Honolulu          | HI US 96813 | 21.3069 -157.8583 | Pacific/Honolulu    | 1 |  20   - | .70 .46 .28 .26
canada    | Toronto Downtown  | ON CA M5H   | 43.6532  -79.3832 | America/Toronto     | 3 | 120  70 | .79 .54 .36 .24
canada    | Mississauga       | ON CA L5B   | 43.5890  -79.6441 | America/Toronto     | 2 |   -   - | .63 .37 .20 .33
canada    | Montreal          | QC CA H3B   | 45.5019  -73.5674 | America/Toronto     | 1 | 200   - | .57 .32 .15 .39
canada    | Calgary           | AB CA T2P   | 51.0447 -114.0719 | America/Edmonton    | 1 |   - 100 | .69 .43 .27 .29
canada    | St. John's        | NL CA A1C   | 47.5615  -52.7126 | America/St_Johns    | 1 |  30   - | .61 .36 .19 .34
`

/** Real places; caps, weights and rates differ so that every rule of routing is seen at work within minutes. */
export const demoLocations: DemoLocation[] = rows.trim().split('\n').map(parseRow)

function parseRow(row: string): DemoLocation {
  const [regionId, name, address, point, timeZone, weight, caps, rates] = row.split('|').map((cell) => cell.trim()) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const [state, country, postalCode] = address.split(' ') as [string, 'US' | 'CA', string]
  const [latitude, longitude] = point.split(/\s+/).map(Number) as [number, number]
  const [day, concurrent] = caps.split(/\s+/).map((cap) => (cap === '-' ? null : Number(cap))) as [
    number | null,
    number | null,
  ]
  const [reply, book, win, lose] = rates.split(' ').map(Number) as [number, number, number, number]
  return {
    id: `demo${name.replace(/[^A-Za-z]/g, '')}0000000000000000`.slice(0, 20),
    name,
    regionId,
    city: name.replace(/ (Buckhead|Decatur|Downtown|DC)$/, ''),
    state,
    country,
    postalCode,
    latitude,
    longitude,
    timeZone,
    weight: Number(weight),
    day,
    concurrent,
    rates: { reply, book, win, lose },
  }
}
