// @ts-check
// How each metric reads, in words and bars.
/** @typedef {Record<string, number | null>} Figures what the API says of a row or in total */
/** @typedef {{ id: string, name: string, regionId: string | null } & Record<string, any>} Row */
/** @typedef {{ rate: string, count: string, share: number | null | undefined }} Line */

const numbers = new Intl.NumberFormat('en')
/** @param {number | null | undefined} rate */
const percent = (rate) => (rate == null ? '–' : `${(100 * rate).toFixed(1)}%`)
/** @param {number | null | undefined} count */
const whole = (count) => numbers.format(count ?? 0)
/** @param {number | null | undefined} part @param {number | null | undefined} all */
const countText = (part, all, word = 'of') => `${whole(part)} ${word} ${whole(all)}`
/** @param {number | null | undefined} all */
const leadsText = (all) => (all === 1 ? 'lead' : 'leads')

/** `45 s`, `12 min`, `3.5 h`, `4 d`. @param {number | null | undefined} seconds */
const duration = (seconds) => {
  if (seconds == null) return '–'
  const [unit, size] =
    seconds < 59.5 ? ['s', 1] : seconds < 5_370 ? ['min', 60] : seconds < 171_000 ? ['h', 3_600] : ['d', 86_400]
  const count = seconds / Number(size)
  return `${unit === 'h' && count < 9.95 ? count.toFixed(1) : Math.round(count)} ${unit}`
}

/** `7d`: `the last 7 days`. @param {string} window */
export const windowText = (window) => {
  const [, size, unit] = /^(\d+)([hd])$/.exec(window) ?? []
  return size ? `the last ${size} ${unit === 'h' ? 'hour' : 'day'}${size === '1' ? '' : 's'}` : `the window ${window}`
}

/** @param {Row[]} rows @returns {Figures} */
const sum = (rows) => {
  const leads = rows.reduce((all, row) => all + (row.leads ?? 0), 0)
  const won = rows.reduce((all, row) => all + (row.won ?? 0), 0)
  return { leads, won, rate: leads ? won / leads : null }
}

/** @type {Record<string, string>} */
const stages = {
  created: 'Created',
  routed: 'Routed',
  contacted: 'Contacted',
  appointment: 'Appointment',
  won: 'Won',
}

/**
 * How each metric reads. `live`: the event stream carries it. `group`: the figures of a region from its locations; of
 * medians there are none. `rows`: where the rows are not places.
 * @typedef {{ title: string, live?: boolean, all: string, bars: string, big: (total: Figures) => string,
 *   sum: (total: Figures) => string, what: (window: string, total: Figures) => string, line: (row: Figures) => Line,
 *   mean: (total: Figures) => number | null, group?: (rows: Row[]) => Figures, rows?: (total: Figures) => Row[] }} Metric
 * @type {Record<string, Metric>}
 */
export const metrics = {
  conversion: {
    ...{ title: 'Conversion', live: true, all: 'leads', bars: '', group: sum },
    big: ({ rate }) => percent(rate),
    sum: ({ won, leads }) => `${countText(won, leads, 'won of')} ${leadsText(leads)}`,
    what: (window) => `won among leads created in ${window}`,
    line: ({ rate, won, leads }) => ({ rate: percent(rate), count: countText(won, leads), share: rate }),
    mean: ({ rate }) => rate ?? null,
  },
  'speed-to-lead': {
    ...{ title: 'Speed to lead', all: 'leads', bars: 'Median; contacted of leads. Bars: within 5 min, ' },
    big: ({ p50S }) => duration(p50S),
    sum: ({ contacted, leads }) => `median, ${countText(contacted, leads, 'contacted of')} ${leadsText(leads)}`,
    what: (window, { p90S, under5m }) =>
      `${percent(under5m)} within 5 min, 90% within ${duration(p90S)}; leads created in ${window}`,
    line: ({ p50S, contacted, leads, under5m }) => ({
      ...{ rate: duration(p50S), count: countText(contacted, leads), share: under5m },
    }),
    mean: ({ under5m }) => under5m ?? null,
  },
  funnel: {
    ...{ title: 'Funnel', all: 'created', bars: '' },
    big: ({ won, created }) => percent(created ? (won ?? 0) / created : null),
    sum: ({ won, created }) => `${countText(won, created, 'won of')} ${leadsText(created)}`,
    what: (window) => `how far leads created in ${window} came`,
    line: ({ count, share }) => ({ rate: percent(share), count: whole(count), share }),
    mean: () => null,
    rows: (total) =>
      Object.entries(stages).map(([id, name]) => ({
        ...{ id, name, regionId: null, count: total[id] ?? 0 },
        share: total.created ? (total[id] ?? 0) / total.created : null,
      })),
  },
}
