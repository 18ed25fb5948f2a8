// This project's wasm executor as a competitor.

import { executors } from '../../../lib/index.ts'
import { answerJob } from './answer-job.ts'
import { executorPeer, orThrow } from './own-executor.ts'

await answerJob(async ({ threads, fused }) => executorPeer(await orThrow(executors.wasm({ threads, fused }))))
