#!/usr/bin/env node
// The `dino` command. The sources are TypeScript; tsx reads them as they are, so that nothing has to be built first.

import { register } from 'tsx/esm/api'

register()
const { main } = await import('./command/main.ts')
process.exitCode = await main(process.argv.slice(2))
