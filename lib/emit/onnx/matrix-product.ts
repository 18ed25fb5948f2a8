// A contraction as ONNX's MatMul, which multiplies the last two dimensions of its operands as matrices and takes the
// others as a batch. Axes are moved to where MatMul wants them, and those of one role are seen as one.
//
//   x (batch 8, token 17, feature 96) with w (feature 96, role 3, head 6, channel 16), summed over feature
//   batch none, rows batch, token, columns role, head, channel:    MatMul of 8 x 17 x 96 and 96 x 288

import type { Shape } from '../../language/axes.ts'
import { rolesOf } from '../statements.ts'
import { axesOf, type Dimension, grouped, ordered, repeated, reshaped, type Value } from './arrange.ts'
import type { Sheet } from './worksheet.ts'

const called = (value: Value, axes: readonly string[]): readonly Dimension[] =>
  axes.map(axis => value.dims.find(dim => dim.axis === axis)!)

/** An operand: the value's axes in the order of the lists, those of each of the last two lists as one dimension. */
const operand = (
  sheet: Sheet,
  value: Value,
  before: readonly string[],
  last: readonly (readonly string[])[],
): Value => {
  const moved = ordered(sheet, value, [...before, ...last.flat()])
  if (last.every(axes => axes.length === 1)) return moved
  const groups = last.map(axes =>
    axes.length === 1 ? called(value, axes)[0] : grouped(axes.join('_'), called(value, axes)),
  )
  return reshaped(sheet, moved, [...called(value, before), ...groups])
}

/** The contraction of two values over `summed`, whose axes have the sizes of `shape`. */
export const matrixProduct = (
  sheet: Sheet,
  [first, second]: readonly [Value, Value],
  summed: readonly string[],
  shape: Shape,
): Value => {
  const left = repeated(sheet, first, summed, shape)
  const right = repeated(sheet, second, summed, shape)
  const roles = rolesOf(axesOf(left), axesOf(right), summed)
  /** Where there is no batch, MatMul takes all rows but the last as one, and they need not be seen as one here. */
  const apart = roles.batch.length === 0 ? roles.rows.slice(0, -1) : []
  const rows = roles.rows.slice(apart.length)
  const leftMatrix = operand(sheet, left, [...roles.batch, ...apart], [rows, roles.summed])
  const rightMatrix = operand(sheet, right, roles.batch, [roles.summed, roles.columns])
  const name = sheet.apply('MatMul', [leftMatrix.name, rightMatrix.name])
  const dims = [...called(left, [...roles.batch, ...roles.rows]), ...called(right, roles.columns)]
  return rows.length === 1 && roles.columns.length === 1 ? { name, dims } : reshaped(sheet, { name, dims }, dims)
}
