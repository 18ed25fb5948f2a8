// Serves the page for a browser with a window: `node --import tsx examples/browser/serve/open.ts`, and another port
// than 8080 by PORT=...

import { servePage } from './serve.ts'

const { address } = await servePage(Number(process.env.PORT ?? 8080))
console.log(`${address} has the page, until Ctrl+C`)
