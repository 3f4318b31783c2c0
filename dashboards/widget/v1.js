// @ts-check
// <hexroute-conversion>: one script tag embeds it in any page, so it has no build and no dependency.
// Names enter as text, styles as constructed sheets: markup is inert and a strict CSP is enough.

{
  /** @typedef {Record<string, number | null>} Figures what the API says of a row or in total */
  /** @typedef {{ id: string, name: string, regionId: string | null } & Record<string, any>} Row */
  /** @typedef {{ by: string, window: string, asOf: string, total: Figures, rows: Row[] }} Answer */
  /** @typedef {{ streaming: boolean, takenAtMs: number, problem: string, answer: Answer | null,
   * regions: Map<string, string> | null, close: () => void }} Feed */
  /** @typedef {{ rate: string, count: string, share: number | null | undefined }} Line */

  const pollMs = 5_000
  /** With a stream too: the window moves on without events, and a stream may be dead. */
  const refreshMs = 60_000
  const streamRetryMs = 30_000
  const requestMsMax = 4_000
  /** A busy hour is not read aloud. */
  const announceEveryMs = 30_000

  const script = document.currentScript
  const home = script instanceof HTMLScriptElement && script.src ? new URL('..', script.src).href : location.origin
  const numbers = new Intl.NumberFormat('en')
  const byName = new Intl.Collator('en', { numeric: true }).compare
  const problems = {
    token: 'This token is not valid or was revoked. Ask whoever runs hexroute for a new one.',
    missing: 'No token is set. Add token="…" to this element.',
    request: 'The server does not know these settings: check metric, window, by and src.',
  }
  /** @type {Record<string, string>} */
  const stateWords = { live: 'live', polling: 'every 5 s', error: 'stopped' }
  /** @type {Feed} */
  const idle = { streaming: false, takenAtMs: 0, problem: '', answer: null, regions: null, close() {} }
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
:host{display:block;container-type:inline-size;min-inline-size:min(100%,15rem);color-scheme:light dark;
--ink:var(--hexroute-text,light-dark(#17212b,#e6ebf0));--soft:var(--hexroute-muted,light-dark(#586573,#98a5b3));
--face:var(--hexroute-surface,light-dark(#fff,#151a21));--rule:var(--hexroute-line,light-dark(#e3e7ec,#28303a));
--tint:var(--hexroute-accent,light-dark(#0c7c74,#3fc1b3));--warn:light-dark(#9a5b00,#f0b357);--bad:light-dark(#b3261e,#ff8a80)}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
:host([hidden]),.empty:empty,:is(.error,.connecting)>:is(.total,.what,.groups,.key),.groups:empty,.groups:empty+.key{display:none}
*{box-sizing:border-box;margin:0;padding:0}
section{position:relative;padding:1.15em 1.3em;font-variant-numeric:tabular-nums;
font:400 var(--hexroute-size,14px)/1.4 var(--hexroute-font,-apple-system,"Segoe UI",Roboto,Arial,sans-serif);
color:var(--ink);background:var(--face);border:1px solid var(--rule);border-radius:var(--hexroute-radius,10px)}
header,.total,.state{display:flex;align-items:baseline;gap:0 .8em}header{justify-content:space-between}
.title,.rate,.p *{font-weight:600}.state,.what,.key,.p,.empty,.count{color:var(--soft)}
.state,.what,.key,.p>*{font-size:.86em}.state{white-space:nowrap;gap:.5em}
.dot{inline-size:.65em;block-size:.65em;border-radius:50%;border:2px solid var(--c,var(--soft));background:var(--f,#0000)}
.live{--c:var(--tint);--f:var(--c)}.polling{--c:var(--tint)}.reconnecting{--c:var(--warn)}
.stale{--c:var(--warn);--f:var(--c)}.error{--c:var(--bad);--f:var(--c)}
.total{flex-wrap:wrap;margin-block-start:.35em}.big{font-size:3em;line-height:1.15;font-weight:650;letter-spacing:-.03em}
.total *,.rate,.count{direction:ltr;border-radius:4px}.what,.key{direction:ltr;inline-size:fit-content;max-inline-size:100%}
.groups{columns:24em;column-gap:2.5em;margin-block:1.1em .8em;border-block-end:1px solid var(--rule)}
.group{break-inside:avoid;padding-block-end:1em}ul{list-style:none}
.p,li{display:grid;gap:0 .8em;align-items:center;block-size:2em;
grid-template:"name bar rate count"/minmax(0,1fr) clamp(2.5em,15%,6.5em) 3.7em var(--count)}
.p{border-block-end:1px solid var(--rule);margin-block-end:.25em}
.name{grid-area:name;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.rate,.count{grid-area:rate;justify-self:end;white-space:nowrap}.count{grid-area:count}li .count{font-size:.93em}
.track{grid-area:bar;position:relative;block-size:.45em;background:var(--rule);border-radius:1em}
.bar{display:block;block-size:100%;background:var(--tint);border-radius:1em}.p .track{visibility:hidden}
.track::after{content:"";position:absolute;inset-block:-.2em;inset-inline-start:var(--mean);inline-size:1px;background:var(--soft)}
.plain .track::after{display:none}
.problem,.empty{margin-block-start:.9em}.problem{padding-inline-start:.8em;border-inline-start:3px solid var(--bad)}
.quiet{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
@container (max-width:30em){section{padding:.9em 1em}.big{font-size:2.5em}.p .count,.p .track{display:none}
li{grid-template:"name name rate" 1.5em "bar count count" 1.3em/minmax(0,1fr) max(0px,var(--count) - 4.5em) 3.7em;block-size:3.1em}
.p{grid-template:"name rate"/minmax(0,1fr) 3.7em}}
@media (prefers-reduced-motion:no-preference){.bar{transition:inline-size .6s ease-out}}`)

  /** @param {string} tag @param {string} className @param {(Node | string)[]} children */
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag)
    element.className = className
    element.append(...children)
    return element
  }

  /** Tints a figure that changes. @param {HTMLElement} element @param {string} text */
  const write = (element, text) => {
    const before = element.textContent
    if (before === text) return
    element.textContent = text
    const tint = { backgroundColor: 'color-mix(in srgb, var(--tint) 24%, transparent)' }
    if (before && !matchMedia('(prefers-reduced-motion: reduce)').matches)
      element.animate([tint, { backgroundColor: 'transparent' }], 1_400)
  }

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
  const windowText = (window) => {
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
  const metrics = {
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

  /** @param {Answer} answer */
  const figuresOf = (answer) => JSON.stringify({ ...answer, asOf: '' })

  /**
   * Figures as they come: by event stream, and by a plain request every 5 s while there is none. Requests carry the tag
   * of the last answer, by the browser's cache, so that what is the same comes without a body.
   * @param {string} base @param {string} metric @param {{ token: string, window: string, by: string }} query
   * @param {(feed: Feed) => void} changed
   */
  const follow = (base, metric, query, changed) => {
    /** @type {Feed} */
    const feed = { ...idle }
    let closed = false
    let timer = 0
    let heardAtMs = 0
    /** @type {EventSource | undefined} */
    let stream
    /** @param {string} by @returns {Promise<{ status: number, body: Answer | null }>} */
    const get = async (by) => {
      const url = `${base}/v1/${metric}?${new URLSearchParams({ ...query, by })}`
      const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(requestMsMax) })
      return { status: answer.status, body: answer.ok ? await answer.json() : null }
    }
    /** @param {Answer} next */
    const take = (next) => {
      feed.takenAtMs = Date.now()
      // An answer may arrive after a newer event.
      if (!feed.answer || next.asOf >= feed.answer.asOf) feed.answer = next
      changed(feed)
    }
    /** @param {number} ms */
    const pollIn = (ms) => {
      clearTimeout(timer)
      if (!closed) timer = setTimeout(poll, ms)
    }
    const leaveStream = () => {
      stream?.close()
      feed.streaming = false
      if (!closed) setTimeout(listen, streamRetryMs)
    }
    /** What the answer says and the stream does not, it must say soon; else a proxy holds it back. @param {Answer} body */
    const watch = (body) => {
      if (!feed.streaming || !feed.answer || figuresOf(body) === figuresOf(feed.answer)) return
      const atMs = Date.now()
      setTimeout(() => {
        if (closed || !feed.streaming || heardAtMs >= atMs) return
        leaveStream()
        void poll()
      }, pollMs)
    }
    const poll = async () => {
      pollIn(feed.streaming ? refreshMs : pollMs)
      const { status, body } = await get(query.by).catch(() => ({ status: 503, body: null }))
      const isNamed = feed.regions || query.by === 'region' || metrics[metric]?.rows
      const named = body && !isNamed ? await get('region').catch(() => null) : null
      if (closed) return
      if (body) {
        feed.regions ??= new Map(named?.body?.rows.map(({ id, name }) => [id, name]))
        watch(body)
        return take(body)
      }
      if (status === 401 || status === 403) feed.problem = problems.token
      else if (status < 500 && status !== 408 && status !== 429) feed.problem = problems.request
      if (feed.problem) feed.close()
      changed(feed)
    }
    const listen = () => {
      if (closed) return
      const source = new EventSource(`${base}/v1/live?${new URLSearchParams({ ...query, decisions: 'false' })}`)
      stream = source
      const turn = () => {
        if (stream !== source) return
        feed.streaming = source.readyState === EventSource.OPEN
        if (source.readyState === EventSource.CLOSED) leaveStream()
        // Spread out: after a restart every page comes at once.
        if (!feed.streaming) pollIn(Math.random() * 1_000)
        changed(feed)
      }
      source.onopen = turn
      source.onerror = turn
      source.addEventListener('conversion', (event) => {
        heardAtMs = Date.now()
        take(JSON.parse(event.data))
      })
    }
    feed.close = () => {
      closed = true
      clearTimeout(timer)
      stream?.close()
    }
    if (metrics[metric]?.live) listen()
    void poll()
    return feed
  }

  class HexrouteConversion extends HTMLElement {
    static observedAttributes = ['token', 'metric', 'window', 'by', 'src']
    #words = make('span', '')
    #big = make('p', 'big')
    #sum = make('p', '')
    #note = make('p', '')
    #what = make('p', 'what')
    #groups = make('div', 'groups')
    #key = make('p', 'key')
    #said = make('p', 'quiet')
    #title = make('p', 'title')
    #head = make('header', '', this.#title, make('p', 'state', make('span', 'dot'), this.#words))
    #total = make('div', 'total', this.#big, this.#sum)
    #card = make('section', '', this.#head, this.#total, this.#what, this.#note, this.#groups, this.#key, this.#said)
    /** @type {Map<string, Record<'bar' | 'rate' | 'count', HTMLElement>>} */
    #lines = new Map()
    #order = ''
    #saidAtMs = 0
    #metric = /** @type {Metric} */ (metrics.conversion)
    /** @type {Feed | null} */
    #feed = null

    constructor() {
      super()
      this.#said.setAttribute('role', 'status')
      const root = this.attachShadow({ mode: 'open' })
      root.adoptedStyleSheets = [sheet]
      root.append(this.#card)
    }

    connectedCallback() {
      this.#feed?.close()
      const token = this.getAttribute('token')
      const by = this.getAttribute('by') === 'region' ? 'region' : 'location'
      const query = { token: token ?? '', window: this.getAttribute('window') || '7d', by }
      const base = new URL(this.getAttribute('src') || home, location.href).href.replace(/\/+$/, '')
      const name = this.getAttribute('metric') || 'conversion'
      const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined
      this.#metric = metric ?? this.#metric
      this.#title.textContent = this.#metric.title
      this.#card.setAttribute('aria-label', this.#metric.title)
      const problem = metric ? (token ? '' : problems.missing) : problems.request
      this.#feed = problem ? { ...idle, problem } : follow(base, name, query, (feed) => this.#show(feed))
      this.#show(this.#feed)
    }

    disconnectedCallback() {
      this.#feed?.close()
      this.#feed = null
    }

    attributeChangedCallback() {
      if (this.#feed) this.connectedCallback()
    }

    /** @param {Feed} feed */
    #show({ answer, problem, regions, streaming, takenAtMs }) {
      const metric = this.#metric
      const ageMs = Date.now() - takenAtMs
      const polled = ageMs < 7_000 ? 'polling' : ageMs < 15_000 ? 'reconnecting' : 'stale'
      const state = problem ? 'error' : !answer ? 'connecting' : streaming ? 'live' : polled
      const since = `as of ${new Date(takenAtMs).toLocaleTimeString()}`
      this.#card.className = state
      this.#words.textContent = state === 'stale' ? since : (stateWords[state] ?? `${state}…`)
      this.#note.textContent =
        problem || (answer?.total[metric.all] === 0 ? 'No leads yet. Figures come with the first.' : '')
      this.#note.className = problem ? 'problem' : 'empty'
      if (answer) {
        const { total, window } = answer
        write(this.#big, metric.big(total))
        write(this.#sum, metric.sum(total))
        this.#what.textContent = metric.what(windowText(window), total)
        if (regions) this.#rows(answer, regions)
      }
      if (problem) this.#said.textContent = problem
      else if (answer && Date.now() - this.#saidAtMs > announceEveryMs) {
        this.#saidAtMs = Date.now()
        this.#said.textContent = `${metric.title} ${this.#big.textContent}, ${this.#sum.textContent}`
      }
      const detail = { state, total: answer?.total }
      this.dispatchEvent(new CustomEvent('hexroute-update', { detail, bubbles: true }))
    }

    /** @param {Answer} answer @param {Map<string, string>} regions */
    #rows({ by, rows: places, total }, regions) {
      const { line, mean, group, bars, rows: own } = this.#metric
      // Places by name, never by figure: rows that change their place cannot be read.
      const rows = own?.(total) ?? places.toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id))
      /** @type {Map<string, Row[]>} */
      const groups = new Map()
      for (const row of rows) {
        const label = own || by === 'region' ? '' : (regions.get(row.regionId ?? '') ?? row.regionId ?? 'No region')
        groups.set(label, [...(groups.get(label) ?? []), row])
      }
      const ordered = [...groups].sort(([a], [b]) => byName(a, b))
      const order = JSON.stringify(ordered.map(([label, list]) => [label, list.map((row) => row.id + row.name)]))
      if (order !== this.#order)
        this.#groups.replaceChildren(...ordered.map(([label, list]) => this.#group(label, list)))
      this.#order = order
      const lines = rows.map(line)
      const best = Math.max(0, ...lines.map(({ share }) => share ?? 0))
      const scale = [0.1, 0.25, 0.5].find((step) => best <= step) ?? 1
      const at = mean(total)
      this.#groups.style.setProperty('--mean', `${(100 * (at ?? 0)) / scale}%`)
      this.#groups.classList.toggle('plain', at === null)
      const counts = [...lines, ...(group ? [line(total)] : [])].map(({ count }) => count.length)
      this.#groups.style.setProperty('--count', `${Math.max(...counts) - 1}ch`)
      this.#key.textContent = `${bars || 'Bars: '}0 to ${100 * scale}%.${at === null ? '' : ' Line: total.'}`
      if (group) for (const [label, list] of ordered) this.#fill(`region ${label}`, line(group(list)), scale)
      for (const row of rows) this.#fill(row.id, line(row), scale)
    }

    /** @param {string} label @param {Row[]} rows */
    #group(label, rows) {
      const list = make('ul', '', ...rows.map(({ id, name }) => this.#line('li', id, name)))
      return make('div', 'group', label ? this.#line('p', `region ${label}`, label) : '', list)
    }

    /** @param {string} tag @param {string} key @param {string} text */
    #line(tag, key, text) {
      const line = { bar: make('span', 'bar'), rate: make('span', 'rate'), count: make('span', 'count') }
      this.#lines.set(key, line)
      const name = make('span', 'name', make('bdi', '', text))
      name.title = text
      return make(tag, tag, name, make('span', 'track', line.bar), line.rate, line.count)
    }

    /** @param {string} key @param {Line} figures @param {number} scale */
    #fill(key, { rate, count, share }, scale) {
      const line = this.#lines.get(key)
      if (!line) return
      write(line.rate, rate)
      write(line.count, count)
      line.bar.style.inlineSize = `${(100 * (share ?? 0)) / scale}%`
    }
  }

  if (!customElements.get('hexroute-conversion')) customElements.define('hexroute-conversion', HexrouteConversion)
}
