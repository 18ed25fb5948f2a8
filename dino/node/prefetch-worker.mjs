// The thread behind `prefetch.ts`. It reads TypeScript through tsx, as the command does.

import { register } from 'tsx/esm/api'

register()
await import('./prefetch-worker.ts')
