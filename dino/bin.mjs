#!/usr/bin/env node
// The `dino` command. In the repository its sources are TypeScript, which tsx makes readable; in the package they were
// built before.

import { importSource } from './node/source.mjs'

const { main } = await importSource(import.meta.url, './command/main')
process.exitCode = await main(process.argv.slice(2))
