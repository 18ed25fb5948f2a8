// Random graphs, of every kind of node and every operation, printed as ONNX and run by ONNX Runtime: the outputs are
// those of the float64 oracle to the rounding of float32, whether the graph is printed as it is or simplified.

import * as fc from 'fast-check'
import { compiler, emit } from '../../lib/index.ts'
import { postorder } from '../../lib/language/walk.ts'
import { float32 } from '../support/error-bound.ts'
import { example } from '../support/example.ts'
import { inFloat32 } from '../support/executed.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { type Fed, runModel, withoutRuntime } from '../support/onnx-runtime.ts'
import { nearOutputs } from '../support/programs.ts'

const statement = 'ONNX Runtime computes random graphs'

/** Values of the inputs that a graph reads. */
const fed = ({ roots, bindings }: Sample): Readonly<Record<string, Fed>> =>
  Object.fromEntries(
    postorder(roots).flatMap(node =>
      node.kind === 'input' ? [[node.name, { dims: Object.values(node.shape), data: bindings.get(node.name)! }]] : [],
    ),
  )

if (withoutRuntime !== undefined) example(statement, context => context.skip(withoutRuntime))
else
  law(statement, fc.tuple(graphs('real'), fc.boolean()), async ([sample, simplify]) => {
    const given = inFloat32(sample)
    const roots = simplify ? compiler.simplify(given.roots) : given.roots
    const outputs = roots.map((value, at) => [`y${at}`, { value, axes: Object.keys(given.roots[at].shape) }])
    const model = emit.printOnnx({ parameters: new Map(), outputs: Object.fromEntries(outputs) })
    const [computed] = await runModel(model, fed({ ...given, roots }))
    return nearOutputs(
      given,
      roots.map((_, at) => computed[`y${at}`].data),
      roots,
      float32,
    )
  })
