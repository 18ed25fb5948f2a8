#!/usr/bin/env node
// The `dino` command. In the repository the sources are TypeScript, which tsx makes readable for Node; in the package
// they are built.

import { importSource } from './node/source.mjs'

const { main } = await importSource(import.meta.url, './command/main')
process.exitCode = await main(process.argv.slice(2))
