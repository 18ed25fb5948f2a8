// Contractions, recognised among loop nests: a nest that sums the product of two loads goes in, and the roles of its
// loops come out. Each output loop moves along one factor (rows or columns) or along both (batch), and both factors
// move along every summed loop. The columns are those of the factor that moves along the output's contiguous loop, so
// that results are stored as vectors.
//
//   for i0 < 4, i1 < 3: sum over i2 < 8 of input0 at 8*i0 + i2 times input1 at 3*i2 + i1
//   rows [0] of the left factor input0, columns [1] of the right factor input1, summed [2]

import type { Access, Nest } from './nest.ts'

/** A contraction's loops by role, as positions in the nest: outer loops first, then the summed ones. */
export interface Contraction {
  readonly left: Access
  readonly right: Access
  readonly batch: readonly number[]
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly summed: readonly number[]
  /** The loop that tiles cover rows of, and the one that vectors run along. */
  readonly rowLoop: number
  readonly columnLoop: number
}

const multipliedLoads = (nest: Nest): readonly [Access, Access] | undefined => {
  if (nest.reduction?.operation !== 'sum' || nest.reduction.parts.length !== 1) return undefined
  const { body } = nest.reduction.parts[0]
  const [first, second, product] = body
  if (body.length !== 3 || first.kind !== 'load' || second.kind !== 'load' || product.kind !== 'apply') return undefined
  const both = product.operands.includes(0) && product.operands.includes(1)
  return product.operation === 'mul' && both ? [first.access, second.access] : undefined
}

const longest = (loops: readonly number[], sizes: readonly number[]): number =>
  loops.reduce((best, loop) => (sizes[loop] >= sizes[best] ? loop : best))

/** The contraction that a nest is, if it is one. */
export const contractionOf = (nest: Nest): Contraction | undefined => {
  const factors = multipliedLoads(nest)
  if (factors === undefined) return undefined
  const outer = nest.outer.map((_, loop) => loop)
  const summed = nest.reduction!.parts[0].loops.map((_, at) => nest.outer.length + at)
  const moves = (access: Access, loop: number): boolean => access.strides[loop] !== 0
  const [first, second] = factors
  if (!summed.every(loop => moves(first, loop) && moves(second, loop))) return undefined
  if (!outer.every(loop => moves(first, loop) || moves(second, loop))) return undefined
  const columnLoop = outer.find(loop => nest.output.strides[loop] === 1)
  if (columnLoop === undefined || (moves(first, columnLoop) && moves(second, columnLoop))) return undefined
  const [left, right] = moves(second, columnLoop) ? [first, second] : [second, first]
  const rows = outer.filter(loop => !moves(right, loop))
  if (rows.length === 0) return undefined
  return {
    left,
    right,
    batch: outer.filter(loop => moves(left, loop) && moves(right, loop)),
    rows,
    columns: outer.filter(loop => !moves(left, loop)),
    summed,
    rowLoop: longest(rows, nest.outer),
    columnLoop,
  }
}
