// The backbone as an ONNX model, so that a network trained here runs wherever ONNX does. Images go in as `pixel_values`
// (batch, 3, height, width), normalised as for training; what comes out is normalised by the last norm. The names of
// the input and of all tokens are those of Hugging Face's models, which transformers.js asks for; parameters have the
// paths of the tree.
//
//   pixel_values (batch x 3 x 224 x 224)
//   class_token (batch x 384)   patch_tokens (batch x 196 x 384)   last_hidden_state (batch x 197 x 384)

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type As, at, compiler, emit, input, sizeOf, slice, type Tensor, tensor, trees } from '../../lib/index.ts'
import { colours } from '../views/picture.ts'
import { applyVit, type Vit, type VitOutput } from './vit.ts'
import type { VitForm } from './vit-form.ts'

type Features = 'batch' | 'feature'

const outputOf = <A extends string>({ expr }: Tensor<A>, ...axes: readonly A[]): emit.OnnxOutput => ({
  value: expr,
  axes,
})

/**
 * The outputs. Tokens are simplified before a part of them is taken: a rule would else compute the last block once more
 * for the class token alone.
 */
const outputsOf = ({ tokens: whole, patches }: VitOutput<'batch'>): emit.OnnxGraph['outputs'] => {
  const [simple] = compiler.simplify([whole.expr])
  const tokens: Tensor<Features | 'token'> = tensor(simple)
  const [count, ofPatches] = [sizeOf('token', tokens), sizeOf('token', patches)]
  return {
    class_token: outputOf<Features>(at('token', 0)(tokens), 'batch', 'feature'),
    patch_tokens: outputOf(slice('token', count - ofPatches, ofPatches)(tokens), 'batch', 'token', 'feature'),
    last_hidden_state: outputOf(tokens, 'batch', 'token', 'feature'),
  }
}

/** A backbone, and how it sees. */
export interface FormedBackbone {
  readonly backbone: As<'dense', Vit>
  readonly form: VitForm
}

/** What is said of a model in its file: texts by name. */
export type About = Readonly<Record<string, string>>

/**
 * The model of a backbone for images of `size` by `size` pixels. The batch is chosen at every run; were there a
 * backbone to which the size of the batch matters, its model would be of one image.
 */
export const backboneOnnx = ({ backbone, form }: FormedBackbone, size: number, about: About): emit.OnnxModel => {
  const parameters = new Map(trees.leavesOf<'dense'>(backbone).map(([path, { data }]) => [path, data]))
  const inputs = trees.mapTree<'dense', 'tensor'>(({ sizes }, path) => input(path, sizes))(backbone as object) as Vit
  const graphOf = (batch: number): emit.OnnxGraph => {
    const image = input('pixel_values', { batch, colour: colours, row: size, column: size })
    return { outputs: outputsOf(applyVit(inputs, form)(image)), parameters, metadata: about }
  }
  return pipe(
    emit.printDynamic('batch', graphOf),
    O.getOrElse(() => emit.printOnnx(graphOf(1))),
  )
}
