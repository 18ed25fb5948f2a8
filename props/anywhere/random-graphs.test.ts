// Random graphs on the modes of gpu.js that every machine has, or on the executors that are named, in Node and in a
// page, against the float64 oracle.

import { after } from 'node:test'
import { executors } from '../../lib/index.ts'
import { chosenOr } from '../golden/every-executor.ts'
import { nearOracle } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

const usual = { 'gpu:cpu': executors.gpu('cpu'), 'gpu:webasm': executors.gpu('webasm') }

for (const [name, open] of Object.entries(chosenOr(usual))) {
  const executor = await expectRight(open)
  after(() => executor.close())
  law(`${name} computes random graphs`, graphs('real'), sample => nearOracle(executor, sample), 'middling')
}
