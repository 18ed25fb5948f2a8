// The axis rules of the type system. Each wrong program below is one line that must not compile: `@ts-expect-error`
// makes the compiler itself the judge, and the last test asks it. Where running such a program means anything, `check`
// reports the same fault that the compiler did. Good programs stand beside the wrong ones: a rule that refused them
// would be no rule.

import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  at,
  compiler,
  concat,
  div,
  dot,
  expand,
  gradient,
  hessianVector,
  layerNorm,
  logSoftmax,
  logSumExp,
  max,
  mean,
  merge,
  mul,
  normalise,
  oneHot,
  outer,
  pad,
  rename,
  type Scalar,
  scale,
  slice,
  softmax,
  split,
  square,
  sub,
  sum,
  type Tensor,
  total,
  valueAndGrad,
  vjp,
  where,
} from '../../lib/index.ts'
import { input } from '../../lib/language/tensor.ts'
import { example } from '../support/example.ts'
import { faultsOfFile, faultsOfProgram, projectFolder } from '../support/type-checker.ts'

const x = input('x', { batch: 2, token: 3, feature: 4 })
const row = input('row', { feature: 4 })
const weight = input('weight', { feature: 4, hidden: 5 })

/** Whether running the program reports a fault at `axis`. */
const faulty = (axis: string, ...wrong: readonly { readonly expr: Tensor<never>['expr'] }[]): void => {
  for (const { expr } of wrong) {
    const checked = compiler.check([expr])
    assert.ok(E.isLeft(checked), `no fault of ${axis}`)
    assert.equal(checked.left[0].axis, axis)
  }
}

example('reducing an axis that is not there', () => {
  // @ts-expect-error: 'tokens' is not an axis of x
  const summed = sum('tokens')(x)
  // @ts-expect-error: 'tokens' is not an axis of x
  const averaged = mean('batch', 'tokens')(x)
  // @ts-expect-error: 'token' is not an axis of row
  const largest = max('token')(row)
  // @ts-expect-error: 'token' is not an axis of row
  const smooth = logSumExp('token')(row)
  faulty('tokens', summed, averaged)
  faulty('token', largest, smooth)
})

example('a function along an axis that is not there', () => {
  // @ts-expect-error: 'tokens' is not an axis of x
  const probability = softmax('tokens')(x)
  // @ts-expect-error: 'token' is not an axis of row
  const logarithm = logSoftmax('token')(row)
  // @ts-expect-error: 'token' is not an axis of row
  const unit = normalise('token')(row)
  // @ts-expect-error: 'token' is not an axis of row
  const normal = layerNorm('token')({ weight: row, bias: row })(row)
  faulty('tokens', probability)
  faulty('token', logarithm, unit, normal)
})

example('contracting an axis that one operand lacks', () => {
  // @ts-expect-error: x has no axis 'hidden'
  const first = dot('hidden')(x, weight)
  // @ts-expect-error: weight has no axis 'token'
  const second = dot('token')(x, weight)
  // @ts-expect-error: neither has an axis 'unit'
  const neither = dot('unit')(x, weight)
  // @ts-expect-error: the result has the axis 'hidden', not 'hiden'
  const typo: Tensor<'batch' | 'token' | 'hiden'> = dot('feature')(x, weight)
  faulty('unit', neither)
  assert.ok(
    first.expr && second.expr && typo.expr,
    'the contraction over an axis of one operand is a product and a sum',
  )
})

example('moving an axis that is not there', () => {
  // @ts-expect-error: 'tokn' is not an axis of x
  const renamed = rename('tokn', 'context')(x)
  // @ts-expect-error: 'tokn' is not an axis of x
  const parts = split('tokn', { row: 1, column: 3 })(x)
  // @ts-expect-error: 'tokn' is not an axis of x
  const merged = merge(['batch', 'tokn'], 'item')(x)
  // @ts-expect-error: 'tokn' is not an axis of x
  const part = slice('tokn', 0, 1)(x)
  // @ts-expect-error: 'tokn' is not an axis of x
  const padded = pad('tokn', 1, 1)(x)
  // @ts-expect-error: 'tokn' is not an axis of x
  const first = at('tokn', 0)(x)
  faulty('tokn', renamed, parts, merged, part, padded, first)
})

example('joining tensors of different axes', () => {
  // @ts-expect-error: row has fewer axes than x
  const joined = concat('feature')(x, row)
  assert.ok(joined.expr)
})

example('an operand with more axes comes first', () => {
  // @ts-expect-error: x has axes that row lacks
  const added = add(row, x)
  // @ts-expect-error: weight has the axis 'hidden', which x lacks
  const scaled = mul(x, weight)
  // @ts-expect-error: weight has the axis 'hidden', which x lacks
  const less = sub(x, weight)
  // @ts-expect-error: weight has the axis 'hidden', which x lacks
  const divided = div(x, weight)
  // @ts-expect-error: the condition has the axis 'hidden', which x lacks
  const chosen = where(weight, x, row)
  assert.ok([added, scaled, less, divided, chosen].every(({ expr }) => E.isRight(compiler.check([expr]))))
})

example('the result has the axes that are left, and no others', () => {
  // @ts-expect-error: 'feature' is gone
  const gone: Tensor<'batch' | 'token' | 'feature'> = sum('feature')(x)
  // @ts-expect-error: 'token' is still there
  const there: Tensor<'batch'> = sum('feature')(x)
  // @ts-expect-error: 'token' is called 'context' now
  const old: Tensor<'batch' | 'token' | 'feature'> = rename('token', 'context')(x)
  // @ts-expect-error: 'batch' is still there
  const scalar: Scalar = sum('token', 'feature')(x)
  // @ts-expect-error: a tensor with fewer axes is not one with more
  const wider: Tensor<'batch' | 'token' | 'feature'> = row
  // @ts-expect-error: nor the other way round
  const narrower: Tensor<'feature'> = x
  assert.ok([gone, there, old, scalar, wider, narrower].every(({ expr }) => E.isRight(compiler.check([expr]))))
})

example('only scalars have a gradient', () => {
  // @ts-expect-error: the value has the axes 'batch' and 'token'
  const slope = gradient(sum('feature')(x), { x })
  // @ts-expect-error: the function's value has the axis 'feature'
  const both = valueAndGrad((p: { row: Tensor<'feature'> }) => square(p.row))({ row })
  // @ts-expect-error: the function's value has the axis 'feature'
  const curvature = hessianVector((p: { row: Tensor<'feature'> }) => square(p.row))({ row }, { row })
  // @ts-expect-error: the cotangent has other axes than the value
  const pulled = vjp((p: { row: Tensor<'feature'> }) => square(p.row))({ row }).pullback(x)
  assert.ok(slope.x.expr && both.value.expr && curvature.row.expr && pulled.row.expr)
})

/** Functions over further axes `A`, as a user writes them: these must compile. */
const attended = <A extends string>(
  query: Tensor<A | 'token' | 'channel'>,
  key: Tensor<A | 'context' | 'channel'>,
): Tensor<A | 'token' | 'context'> => softmax('context')(scale(0.5)(dot('channel')(query, key)))
const summed = <A extends string>(y: Tensor<A | 'feature'>): Tensor<A> => sum('feature')(y)
const standard = <A extends string>(y: Tensor<A | 'feature'>): Tensor<A | 'feature'> => sub(y, mean('feature')(y))

example('good programs compile, with and without further axes', () => {
  const scalars: readonly Scalar[] = [sum('feature')(row), dot('feature')(row, row), total(x), mean('feature')(row)]
  const contracted: Tensor<'batch' | 'token' | 'hidden'> = dot('feature')(x, weight)
  const swapped: Tensor<'batch' | 'token' | 'hidden'> = dot('feature')(weight, x)
  const lone: Tensor<'hidden'> = dot('feature')(row, weight)
  const wide: Tensor<'batch' | 'feature'> = expand({ batch: 2 })(row)
  const parts: Tensor<'batch' | 'piece' | 'rest' | 'feature'> = split('token', { piece: 1, rest: 3 })(x)
  const item: Tensor<'item' | 'feature'> = merge(['batch', 'token'], 'item')(x)
  const hot: Tensor<'batch' | 'class'> = oneHot('class', 3)(input('label', { batch: 2 }))
  const product: Tensor<'feature' | 'batch'> = outer(row, input('b', { batch: 2 }))
  const narrow: Tensor<'batch' | 'token'> = summed(x)
  const generic: Tensor<'batch' | 'token' | 'feature'> = standard(x)
  const weights: Tensor<'batch' | 'token' | 'context'> = attended(
    rename('feature', 'channel')(x),
    rename('token', 'context')(rename('feature', 'channel')(x)),
  )
  const all = [...scalars, contracted, swapped, lone, wide, parts, item, hot, product, narrow, generic, weights]
  for (const { expr } of all) assert.ok(E.isRight(compiler.check([expr])))
})

example('the compiler agrees with every expectation in this file', () => {
  assert.deepEqual(faultsOfFile(fileURLToPath(import.meta.url)), [])
})

example('and names the axis that is wrong', () => {
  const program = `import { sum, type Tensor } from '${projectFolder}lib/index.ts'
declare const x: Tensor<'batch' | 'token'>
export const wrong = sum('tokens')(x)`
  const [fault, ...others] = faultsOfProgram(program)
  assert.match(fault, /program\.mts\(3,\d+\): error/)
  assert.match(fault, /"tokens"/)
  assert.deepEqual(others, [])
})
