// This project's wasm executor.

import { executors } from '../../../lib/index.ts'
import { serve } from '../serve.ts'
import { executorPeer, orThrow } from './machines.ts'

await serve(async ({ threads, fused }) => executorPeer(await orThrow(executors.wasm({ threads, fused }))))
