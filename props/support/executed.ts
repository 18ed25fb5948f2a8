// Random graphs on executors: what a float32 executor gives is within the rounding of float32 of what the graph is.

import type { Executor } from '../../lib/index.ts'
import { compiler } from '../../lib/index.ts'

import type { Comparison } from './compare.ts'
import { float32 } from './error-bound.ts'
import type { Sample } from './graph-shrink.ts'
import { named, nearOutputs } from './programs.ts'
import { expectRight } from './results.ts'

/** The same graph with inputs that float32 holds exactly. */
export const inFloat32 = ({ roots, bindings }: Sample): Sample => ({
  roots,
  bindings: new Map([...bindings].map(([name, values]) => [name, Float64Array.from(values, Math.fround)])),
})

/** The roots of a graph as an executor computes them, in their order. */
export const executed = async (
  executor: Executor,
  { roots, bindings }: Sample,
): Promise<readonly (Float32Array | Float64Array)[]> => {
  const loaded = await expectRight(executor.load({ outputs: named(roots), carried: {} }))
  const inputs = new Map([...bindings].map(([name, values]) => [name, Float32Array.from(values)]))
  const values = await expectRight(loaded.run(inputs))
  return roots.map((_, at) => values.get(`${at}`)!)
}

/** Compares an executor with the oracle on a graph. */
export const nearOracle = async (executor: Executor, sample: Sample): Promise<readonly Comparison[]> => {
  const given = inFloat32(sample)
  return nearOutputs(given, await executed(executor, given), compiler.simplify(given.roots), float32)
}
