// Movement of axes: renaming, splitting, merging, slicing, padding and joining touch no value, undo each
// other, and do not see arithmetic, nor it them. All of it is exact.

import {
  abs,
  at,
  concat,
  expand,
  fill,
  floor,
  merge,
  neg,
  pad,
  rename,
  sin,
  slice,
  split,
  square,
  stopGradient,
  sum,
  type Tensor,
  tanh,
} from '../../lib/index.ts'
import { rename as renameExpr } from '../../lib/language/expression.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { integers, problem } from '../support/arbitrary.ts'
import { same, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { dims, three, whole } from '../support/problems.ts'
import { given, numbers, pick, tabulate } from '../support/tensors.ts'

law('renaming back, and swapping twice, is the identity', three, ({ x }) => {
  const swap = (y: Tensor<'batch' | 'token' | 'feature'>) =>
    tensor<'batch' | 'token' | 'feature'>(renameExpr({ batch: 'token', token: 'batch' }, y.expr))
  return [
    same<'batch' | 'token' | 'feature'>(rename('context', 'token')(rename('token', 'context')(x)), x, 'rename'),
    same(swap(swap(x)), x, 'swap'),
  ]
})

const divisible = problem({
  dims,
  tensors: { x: integers('batch', 'token', 'feature') },
  choices: { parts: [1, 2, 3] },
})

law(
  'splitting and merging are inverse, and their order is that of the axes written',
  divisible,
  ({ x, parts, sizes }) => {
    const { token } = sizes
    const long = merge(['feature', 'token'], 'long')(x)
    const wide = concat('token')(x, ...Array.from({ length: parts - 1 }, () => neg(x)))
    const pieces = split('token', { piece: parts, token })(wide)
    const slow = tabulate({ batch: sizes.batch, long: token * sizes.feature }, ({ batch, long: position }) => {
      const [feature, place] = [Math.floor(position / token), position % token]
      return x.data[(batch * token + place) * sizes.feature + feature]
    })
    return [
      same(long, slow, 'merge'),
      same(split('long', { feature: sizes.feature, token })(long), x, 'split after merge'),
      same(merge(['piece', 'token'], 'token')(pieces), wide, 'merge after split'),
      same(at('piece', 0)(pieces), x, 'the first piece'),
      same(at('piece', parts - 1)(pieces), parts > 1 ? neg(x) : x, 'the last piece'),
    ]
  },
)

law('slices and concatenations are inverse', three, ({ x, y, sizes: { token } }) => {
  const both = concat('token')(x, y)
  const cut = Math.ceil(token / 2)
  const first = slice('token', 0, cut)(x)
  const rest = slice('token', cut, token - cut)(x)
  return [
    same(slice('token', 0, token)(both), x, 'first part'),
    same(slice('token', token, token)(both), y, 'second part'),
    same(
      first,
      pick(
        'token',
        Array.from({ length: cut }, (_, position) => position),
      )(x),
      'slice',
    ),
    cut < token ? same(concat('token')(first, rest), x, 'joined again') : same(first, x, 'whole'),
  ]
})

law('padding is undone by slicing, and adds zeros only', whole, ({ x, sizes: { token } }) => {
  const padded = pad('token', 2, 1)(x)
  return [
    same(slice('token', 2, token)(padded), x, 'inside'),
    same(sum('token')(padded), sum('token')(x), 'sum'),
    same(slice('token', 0, 2)(padded), fill({ ...x.sizes, token: 2 }, 0), 'before'),
    same(slice('token', token + 2, 1)(padded), fill({ ...x.sizes, token: 1 }, 0), 'after'),
    same(pad('token', 1, 1)(pad('token', 1, 0)(x)), padded, 'twice'),
  ]
})

law('slices compose', three, ({ x, sizes: { token } }) => {
  const start = Math.floor(token / 3)
  const inner = Math.floor((token - start) / 3)
  const size = token - start - inner
  return same(
    slice('token', inner, size)(slice('token', start, token - start)(x)),
    slice('token', start + inner, size)(x),
  )
})

/** Functions with f(0) = 0, so that padding does not see them either. */
const elementwise = [neg, abs, sin, tanh, floor, square]

law('an element-wise function does not see movement', three, ({ x, sizes }) => {
  const movements = [
    (y: typeof x | Tensor<'batch' | 'token' | 'feature'>) =>
      merge(['token', 'feature'], 'long')(rename('batch', 'item')(y)),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      merge(
        ['item', 'copy'],
        'item',
      )(expand({ copy: 2 })(rename('batch', 'item')(merge(['feature', 'token'], 'long')(y)))),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      rename(
        'batch',
        'item',
      )(merge(['token', 'feature'], 'long')(pad('token', 1, 2)(slice('token', sizes.token - 1, 1)(y)))),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      split('batch', { item: sizes.batch })(split('feature', { long: sizes.feature })(at('token', 0)(stopGradient(y)))),
  ]
  return movements.flatMap(move => elementwise.map(f => same(f(move(x)), move(f(x)))))
})

law('an ordered read is a permutation of the default one', three, ({ x, sizes: { batch, token, feature } }) => {
  const turned = { feature, batch, token }
  const read = given(turned, numbers(x, turned))
  return [same(read, x), sameNumbers(numbers(read, x.sizes), x.data)]
})
