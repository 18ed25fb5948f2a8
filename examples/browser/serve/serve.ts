// A server of the page on this machine, isolated from other origins so that threads may share memory. It has the
// bundle, the page with its style, and golden files.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { goldenFile } from '../../../props/golden/golden-file.ts'
import { bundle } from './bundle.ts'

interface Served {
  readonly type: string
  readonly content: string | Uint8Array
}

const own = (name: string, type: string): Served => ({
  type,
  content: readFileSync(new URL(`../${name}`, import.meta.url)),
})

/** The golden file of a name, of which only the last part counts; undefined where there is none. */
const golden = (path: string): Served | undefined => {
  try {
    return { type: 'application/octet-stream', content: goldenFile(basename(path)) }
  } catch {
    return undefined
  }
}

/** Serves the page until it is closed; port 0 is any that is free. */
export const servePage = async (port = 0): Promise<{ readonly address: string; readonly close: () => void }> => {
  const scripts = await bundle()
  const fixed: Readonly<Record<string, Served>> = {
    '/': own('index.html', 'text/html'),
    '/page.css': own('page.css', 'text/css'),
    ...Object.fromEntries([...scripts].map(([path, content]) => [path, { type: 'text/javascript', content }])),
  }
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const found = pathname.startsWith('/golden/') ? golden(pathname) : fixed[pathname]
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    response.statusCode = found === undefined ? 404 : 200
    response.setHeader('Content-Type', found?.type ?? 'text/plain')
    response.end(found?.content ?? '')
  })
  await new Promise<void>(listening => server.listen(port, '127.0.0.1', listening))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }
}
