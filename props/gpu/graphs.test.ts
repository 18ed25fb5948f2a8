// Random graphs on the modes of gpu.js that every machine has, against the float64 oracle.

import { after } from 'node:test'
import { executors } from '../../lib/index.ts'

import { nearOracle } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

for (const mode of ['cpu', 'webasm'] as const) {
  const executor = await expectRight(executors.gpu(mode))
  after(() => executor.close())
  law(`gpu.js ${mode} computes random graphs`, graphs('real'), sample => nearOracle(executor, sample), 'middling')
}
