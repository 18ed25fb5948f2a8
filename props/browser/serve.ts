// A page of our own in a browser: its script bundled, served from this machine, isolated from other origins so that
// threads may share memory, and opened in Debian's chromium with the flags that its software adapters need.

import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser is installed; the environment variable CHROMIUM names another place. */
export const browserPath = (): string | undefined => places.find(place => place !== undefined && existsSync(place))

/** WebGPU on a machine without a GPU needs the first; the second saves software rendering some checks. */
const flags = ['--enable-unsafe-webgpu', '--enable-dawn-features=disable_robustness', '--no-sandbox', '--disable-quic']

const bundle = async (script: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: ['fs', 'path', 'crypto'],
    logLevel: 'error',
  })
  return outputFiles[0].text
}

const serve = async (files: Readonly<Record<string, readonly [type: string, content: string]>>) => {
  const server = createServer(({ url = '/' }, response) => {
    const found = files[url]
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    response.statusCode = found === undefined ? 404 : 200
    response.setHeader('Content-Type', found?.[0] ?? 'text/plain')
    response.end(found?.[1] ?? '')
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() }
}

/** Uses a page that runs `script`. */
export const withPage = async <A>(
  executablePath: string,
  script: string,
  use: (page: Page) => Promise<A>,
): Promise<A> => {
  const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'
  const server = await serve({ '/': ['text/html', html], '/page.js': ['text/javascript', await bundle(script)] })
  const browser = await chromium.launch({ executablePath, args: flags })
  try {
    const page = await browser.newPage()
    await page.goto(server.address)
    await page.waitForFunction('globalThis.answer !== undefined')
    return await use(page)
  } finally {
    await browser.close()
    server.close()
  }
}
