import { escaped } from './badge-svg.ts'

const titles: Record<string, string> = { conversion: 'Conversion', 'speed-to-lead': 'Speed to lead', funnel: 'Funnel' }

/** The widget alone on a page. Addresses are relative: it works below any path of a proxy. */
export function embedPage(attributes: { metric: string } & Record<string, string>): string {
  const text = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(titles[attributes.metric] ?? '')}</title>
<link rel="stylesheet" href="../widget/embed.css">
<script async src="../widget/v1.js"></script>
<main><hexroute-conversion ${text.join(' ')}></hexroute-conversion></main>
</html>
`
}
