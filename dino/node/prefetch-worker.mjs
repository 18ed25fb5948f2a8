// The thread behind `prefetch.ts`.

import { importSource } from './source.mjs'

await importSource(import.meta.url, './prefetch-worker')
