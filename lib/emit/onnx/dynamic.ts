// A model whose batch may be of any size, from a program whose graphs are each of one size. The program is printed at
// two sizes, with the axis left open: if both models are the same in every operator and every number, nothing in them
// depends on the size, and the model serves for all. A mean over the axis, which divides by its size, is such a
// dependence; so is a value that is repeated along it.
//
//   image (batch x 3 x 224 x 224)        gives        class_token (batch x 384)

import * as O from 'fp-ts/lib/Option.js'
import { type OnnxModel, sameOnnx } from './model.ts'
import { type OnnxGraph, printOnnx } from './print-onnx.ts'

const sizes = [2, 3] as const

/**
 * The model of graphs that differ in the size of `axis` alone, with that axis open; none where the size matters to what
 * is computed.
 */
export const printDynamic = (axis: string, graphOf: (size: number) => OnnxGraph): O.Option<OnnxModel> => {
  const [one, other] = sizes.map(size => printOnnx({ ...graphOf(size), dynamic: axis }))
  return sameOnnx(one, other) ? O.some(one) : O.none
}
