// This project's wasm executor.

import { wasm } from '../../../lib/index.ts'
import { serve } from '../serve.ts'
import { executorPeer, orThrow } from './machines.ts'

await serve(async ({ threads, fused }) => executorPeer(await orThrow(wasm({ threads, fused }))))
