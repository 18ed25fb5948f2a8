// How ONNX spells the scalar operations: the operator of each, or a few where it has none. Conditions are numbers in
// the language and of a type of their own in ONNX, hence the casts.
//
//   select(c, x, y)        is        Where(Cast(c, to bool), x, y)

import type { ScalarName } from '../../language/node.ts'
import type { Sheet } from './worksheet.ts'

/** Writes an operation on values of these names; gives the name of its result. */
export type Spelling = (sheet: Sheet, operands: readonly string[]) => string

/** Types of elements, in TensorProto.DataType. */
const types = { float: 1, boolean: 9 } as const

const operator =
  (name: string): Spelling =>
  (sheet, operands) =>
    sheet.apply(name, operands)

/** The spelling of each operation. */
export const operators: { readonly [name in ScalarName]: Spelling } = {
  add: operator('Add'),
  mul: operator('Mul'),
  neg: operator('Neg'),
  recip: operator('Reciprocal'),
  exp: operator('Exp'),
  log: operator('Log'),
  sqrt: operator('Sqrt'),
  sin: operator('Sin'),
  cos: operator('Cos'),
  tanh: operator('Tanh'),
  erf: operator('Erf'),
  atan: operator('Atan'),
  max: operator('Max'),
  floor: operator('Floor'),
  abs: operator('Abs'),
  less: (sheet, operands) => sheet.apply('Cast', [sheet.apply('Less', operands)], { to: types.float }),
  select: (sheet, [condition, x, y]) =>
    sheet.apply('Where', [sheet.apply('Cast', [condition], { to: types.boolean }), x, y]),
}
