import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { App } from './api.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

type Page = { body: Buffer; type: string; etag: string }

/** The widget's one script and the demo page, read once at start: what is served is what was deployed. */
export function pagesRoute(app: App, dashboards: URL): void {
  const widget = readFolder(new URL('widget/', dashboards))
  const demo = readFolder(new URL('demo/', dashboards))
  for (const [name, page] of widget) serve(app, `/widget/${name}`, page)
  for (const [name, page] of demo) {
    serve(app, `/demo/${name}`, page)
    if (name === 'index.html') for (const path of ['/demo', '/demo/']) serve(app, path, page)
  }
}

/** Five minutes, then one question with the tag: an embedded widget is repaired within minutes on every site. */
function serve(app: App, path: string, page: Page): void {
  app.get(path, { schema: { hide: true } }, async (request, reply) => {
    reply
      .header('etag', page.etag)
      .header('cache-control', 'public, max-age=300, must-revalidate')
      .header('x-content-type-options', 'nosniff')
      .header('cross-origin-resource-policy', 'cross-origin')
    if (request.headers['if-none-match'] === page.etag) return reply.code(304).send()
    return reply.type(page.type).send(page.body)
  })
}

function readFolder(folder: URL): Map<string, Page> {
  const pages = new Map<string, Page>()
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    const type = types[extname(file.name)]
    if (!file.isFile() || !type) continue
    const body = readFileSync(new URL(file.name, folder))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    pages.set(file.name, { body, type, etag })
  }
  return pages
}
