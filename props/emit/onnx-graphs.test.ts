// Graphs printed as ONNX and run by ONNX Runtime: random ones, of every kind of node and every operation, and
// contractions in every order of their factors. The outputs are those of the float64 oracle to the rounding of float32,
// whether the graph is printed as it is or simplified.

import * as fc from 'fast-check'
import { compiler, emit } from '../../lib/index.ts'
import { postorder } from '../../lib/language/walk.ts'
import type { Comparison } from '../support/compare.ts'
import { type Contracted, type Epilogue, epilogues, type Order, orders, sampleOf } from '../support/contractions.ts'
import { float32 } from '../support/error-bound.ts'
import { inFloat32 } from '../support/executed.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { type Fed, runModel, runtimeLaw } from '../support/onnx-runtime.ts'
import { nearOutputs } from '../support/programs.ts'

/** Values of the inputs that a graph reads. */
const fed = ({ roots, bindings }: Sample): Readonly<Record<string, Fed>> =>
  Object.fromEntries(
    postorder(roots).flatMap(node =>
      node.kind === 'input' ? [[node.name, { dims: Object.values(node.shape), data: bindings.get(node.name)! }]] : [],
    ),
  )

const nearRuntime = async (sample: Sample, simplify: boolean): Promise<readonly Comparison[]> => {
  const given = inFloat32(sample)
  const roots = simplify ? compiler.simplify(given.roots) : given.roots
  const outputs = roots.map((value, at) => [`y${at}`, { value, axes: Object.keys(given.roots[at].shape) }])
  const model = emit.printOnnx({ parameters: new Map(), outputs: Object.fromEntries(outputs) })
  const [computed] = await runModel(model, fed({ ...given, roots }))
  const values = roots.map((_, at) => computed[`y${at}`].data)
  return nearOutputs(given, values, roots, float32)
}

runtimeLaw('ONNX Runtime computes random graphs', fc.tuple(graphs('real'), fc.boolean()), ([sample, simplify]) =>
  nearRuntime(sample, simplify),
)

const size = fc.integer({ min: 1, max: 5 })

const contracted: fc.Arbitrary<Contracted> = fc.record({
  order: fc.constantFrom(...(Object.keys(orders) as Order[])),
  epilogue: fc.constantFrom(...(Object.keys(epilogues) as Epilogue[])),
  sizes: fc.record({ row: size, column: size, term: size, batch: size }),
  seed: fc.nat({ max: 1000 }),
})

runtimeLaw('ONNX Runtime computes contractions', fc.tuple(contracted, fc.boolean()), ([drawn, simplify]) =>
  nearRuntime(sampleOf(drawn), simplify),
)
