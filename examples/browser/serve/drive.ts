// The page in a browser without a window: Debian's chromium, with the flags that its software adapters need.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Saying } from '../messages.ts'
import { servePage } from './serve.ts'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser is installed; the environment variable CHROMIUM names another place. */
export const browserPath = (): string | undefined => places.find(place => place !== undefined && existsSync(place))

/** Why nothing can be shown where there is no browser. */
export const noBrowser = 'no browser: install chromium, or name one in CHROMIUM'

/** WebGPU on a machine without a GPU needs the first; the second saves software rendering some checks. */
const flags = ['--enable-unsafe-webgpu', '--enable-dawn-features=disable_robustness', '--no-sandbox', '--disable-quic']

/** A page to be driven: what it says once it is opened with these parameters. */
export type Driven = (parameters: Readonly<Record<string, string>>) => Promise<readonly Saying[]>

/** Uses the page in a browser, both of which are closed in the end. */
export const withBrowser = async <A>(executablePath: string, use: (driven: Driven) => Promise<A>): Promise<A> => {
  const server = await servePage()
  const browser = await chromium.launch({ executablePath, args: flags })
  const driven: Driven = async parameters => {
    const page = await browser.newPage()
    try {
      await page.goto(`${server.address}?${new URLSearchParams(parameters)}`)
      await page.waitForFunction('globalThis.finished !== undefined')
      return (await page.evaluate('globalThis.finished')) as readonly Saying[]
    } finally {
      await page.close()
    }
  }
  try {
    return await use(driven)
  } finally {
    await browser.close()
    server.close()
  }
}
