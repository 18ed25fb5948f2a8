// Long reductions in stages: with any longest loop, over axes of any size, primes among them, the value
// is the same and no loop is longer than it may be.

import * as fc from 'fast-check'
import { shortenReductions } from '../../lib/compile/staging.ts'
import { elements, only } from '../../lib/language/axes.ts'
import { array, type Expr, type Reduction, reduce } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'
import { simplify } from '../../lib/transform/simplify.ts'
import { holds, sameNumbers } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { nearOutputs, outputsOf, programOf, sameOutputs } from '../support/programs.ts'
import { evaluated } from '../support/tensors.ts'

const longest = fc.constantFrom(64, 7, 5, 3, 2, 1)

law('reductions in stages give the same whole numbers', fc.tuple(graphs('integer'), longest), ([sample, most]) => {
  const shapes = sample.roots.map(root => root.shape)
  return sameOutputs(sample, evaluated(shortenReductions(most)(sample.roots), sample.bindings, shapes))
})

law('and the same reals, but for rounding', fc.tuple(graphs('real'), longest), ([sample, most]) => {
  const shapes = sample.roots.map(root => root.shape)
  const staged = shortenReductions(most)(sample.roots)
  return nearOutputs(sample, evaluated(staged, sample.bindings, shapes), staged)
})

law('programs with short loops compute the same', fc.tuple(graphs('integer'), longest), ([sample, most]) =>
  sameOutputs(sample, outputsOf(programOf(sample.roots, { longestReduction: most }), sample)),
)

const turns = (node: Expr): number => (node.kind === 'reduce' ? elements(only(node.operand.shape, node.axes)) : 1)

/** Sizes with and without divisors, some beyond the length from which a reduction to few results is staged anyway. */
const sizes = fc.constantFrom(1, 2, 7, 12, 64, 97, 127, 1021, 1024, 1031, 2048, 4099)

const single = fc.record(
  {
    size: sizes,
    rows: fc.constantFrom(1, 2, 3),
    most: fc.constantFrom(4096, 64, 48),
    operation: fc.constantFrom<Reduction>('sum', 'max'),
  },
  { noNullPrototype: true },
)

law(
  'a long reduction of whole numbers is exact, and its loops are short',
  single,
  ({ size, rows, most, operation }) => {
    const values = Float64Array.from({ length: rows * size }, (_, at) => ((at * 7919) % 129) - 64)
    const whole = reduce(operation, ['column'], array({ row: rows, column: size }, values))
    const [staged] = shortenReductions(most)([whole])
    const loops = postorder([staged]).map(turns)
    /** A single axis is cut once, into about its square root of parts. */
    const allowed = Math.max(most, Math.ceil(Math.sqrt(size)) + 1)
    return [
      sameNumbers(evaluated([staged])[0], evaluated([whole])[0]),
      holds(
        `loops ${loops.join()} of ${size}`,
        loops.every(loop => loop <= allowed),
      ),
      holds('short ones stay', size >= 1024 || size > most || staged === whole),
    ]
  },
)

const double = fc.record(
  { row: fc.constantFrom(1, 3, 31, 64), column: fc.constantFrom(2, 37, 128), most: fc.constantFrom(64, 40) },
  { noNullPrototype: true },
)

law('a reduction over several axes is cut between them first', double, ({ row, column, most }) => {
  const values = Float64Array.from({ length: row * column }, (_, at) => ((at * 7919) % 129) - 64)
  const whole = reduce('sum', ['row', 'column'], array({ row, column }, values))
  const [staged] = shortenReductions(most)(simplify([whole]))
  const loops = postorder([staged]).map(turns)
  return [
    sameNumbers(evaluated([staged])[0], evaluated([whole])[0]),
    holds(
      `loops ${loops.join()}`,
      loops.every(loop => loop <= Math.max(most, 13)),
    ),
  ]
})
