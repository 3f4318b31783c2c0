import type { Conversion, ConversionRow } from '../../contracts/conversion.ts'

const regions = ['Northeast', 'Southeast', 'Midwest', 'West'] as const
const places: Record<(typeof regions)[number], string[]> = {
  Northeast: [
    'Boston Back Bay',
    'Brooklyn',
    'Hartford',
    'Philadelphia Center City',
    'Toronto Downtown',
    'Manhattan Midtown',
  ],
  Southeast: ['Atlanta Buckhead', 'Charlotte', 'Miami', 'Nashville', 'Orlando', 'Tampa', 'Raleigh–Durham'],
  Midwest: ['Chicago Loop', 'Columbus', 'Detroit', 'Indianapolis', 'Minneapolis', 'Winnipeg'],
  West: ['Denver', 'Los Angeles Westside', 'Phoenix', 'Portland', 'Seattle', 'Vancouver'],
}

/** 25 locations in 4 regions; `lift` wins are added to the first, so that a test knows what must change. */
export function sampleFigures(by: 'location' | 'region', lift = 0): Conversion {
  const locations = regions.flatMap((region) => places[region].map((name, at) => location(region, name, at, lift)))
  const rows = by === 'location' ? locations : regions.map((region) => regionRow(region, locations))
  return conversion(by, rows)
}

export function conversion(by: 'location' | 'region', rows: ConversionRow[]): Conversion {
  const { leads, won, rate } = sum(rows)
  const asOf = new Date().toISOString()
  return { metric: 'conversion', definition: 'cohort', window: '7d', by, asOf, total: { leads, won, rate }, rows }
}

const ofEvery = (leads: number, rate: number) => Math.round(leads * rate)

/** The other metrics over the same locations. */
export function sampleSpeed(by: 'location' | 'region') {
  const { rows, total, ...rest } = sampleFigures(by)
  const speed = ({ leads }: { leads: number }, at: number) => ({
    ...{ leads, contacted: ofEvery(leads, 0.8), p50S: leads === 0 ? null : 40 + at * 777 },
    ...{ p90S: leads === 0 ? null : 4_000 + at * 3_000, under5m: leads === 0 ? null : 0.05 + (at % 9) / 10 },
  })
  const places = rows.map(({ id, name, regionId, leads }, at) => ({ id, name, regionId, ...speed({ leads }, at) }))
  return { ...rest, metric: 'speed-to-lead', definition: 'wall', total: speed(total, 2), rows: places }
}

export function sampleFunnel() {
  const { rows: _rows, total, ...rest } = sampleFigures('location')
  const stages = { created: total.leads, routed: ofEvery(total.leads, 0.94), contacted: ofEvery(total.leads, 0.7) }
  const more = { appointment: ofEvery(total.leads, 0.31), won: total.won }
  return { ...rest, metric: 'funnel', definition: 'cohort', total: { ...stages, ...more }, rows: [] }
}

function location(region: string, name: string, at: number, lift: number): ConversionRow {
  const first = region === 'Northeast' && at === 0
  const leads = name === 'Winnipeg' ? 0 : 31 + ((name.length * 37 + at * 53) % 170)
  const won = Math.round(leads * (0.06 + ((name.length * 7 + at * 5) % 17) / 100)) + (first ? lift : 0)
  const id = `loc-${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`
  return { id, name, regionId: `region-${region.toLowerCase()}`, leads, won, rate: leads === 0 ? null : won / leads }
}

function regionRow(region: string, locations: ConversionRow[]): ConversionRow {
  const id = `region-${region.toLowerCase()}`
  return { ...sum(locations.filter((row) => row.regionId === id)), id, name: region, regionId: id }
}

function sum(rows: ConversionRow[]): Pick<ConversionRow, 'leads' | 'won' | 'rate'> {
  const leads = rows.reduce((total, row) => total + row.leads, 0)
  const won = rows.reduce((total, row) => total + row.won, 0)
  return { leads, won, rate: leads === 0 ? null : won / leads }
}
