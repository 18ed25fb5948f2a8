// Contractions: a sum of products over named axes. Against plain loops, within the bound of the theory of
// inner products and exactly on whole numbers; and the algebra of matrices, which needs no transposition where axes
// have names.

import { applyLinear } from '../../dino/model/linear.ts'
import {
  abs,
  add,
  at,
  concat,
  dot,
  expand,
  fill,
  iota,
  merge,
  mul,
  oneHot,
  outer,
  rename,
  scale,
  slice,
  sum,
  type Tensor,
  total,
} from '../../lib/index.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { integers, problem, reals } from '../support/arbitrary.ts'
import { agree, near, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { element, type Given, numbers, tabulate } from '../support/tensors.ts'
import { gamma } from '../support/tolerance.ts'

const dims = { row: [1, 5], inner: [1, 7], column: [1, 5], far: [1, 4], batch: [1, 3] } as const
const real = problem({
  dims,
  tensors: {
    x: reals('row', 'inner'),
    y: reals('inner', 'column'),
    z: reals('column', 'far'),
    y2: reals('inner', 'column'),
  },
})
const whole = problem({
  dims,
  tensors: {
    x: integers('row', 'inner'),
    y: integers('inner', 'column'),
    z: integers('column', 'far'),
    y2: integers('inner', 'column'),
    stacked: integers('batch', 'row', 'inner'),
    v: integers('column'),
  },
})

const product = (x: Given<'row' | 'inner'>, y: Given<'inner' | 'column'>): Given<'row' | 'column'> =>
  tabulate({ row: x.sizes.row, column: y.sizes.column }, ({ row, column }) => {
    let sum = 0
    for (let inner = 0; inner < x.sizes.inner; inner += 1)
      sum += element(x, { row, inner }) * element(y, { inner, column })
    return sum
  })

law('a contraction is a matrix product, within the bound for inner products', real, ({ x, y }) => {
  const sizes = dot('inner')(abs(x), abs(y))
  const bound = numbers(scale(2 * gamma(x.sizes.inner))(sizes))
  return near(bound)(dot('inner')(x, y), product(x, y))
})

law('on whole numbers exactly', whole, ({ x, y }) => same(dot('inner')(x, y), product(x, y)))

law('operands may come in either order: nothing has to be transposed', real, ({ x, y }) =>
  same(dot('inner')(x, y), dot('inner')(y, x)),
)

law('the identity, zero and powers of two', real, ({ x, y, sizes: { inner, column } }) => {
  const identity: Tensor<'inner' | 'other'> = oneHot('other', inner)(iota('inner', inner))
  return [
    same(rename('other', 'inner')(dot('inner')(x, identity)), x, 'identity'),
    same(dot('inner')(x, fill({ inner, column }, 0)), fill({ row: x.sizes.row, column }, 0), 'zero'),
    same(dot('inner')(scale(2 ** 7)(x), y), scale(2 ** 7)(dot('inner')(x, y)), 'scaled'),
  ]
})

law('contractions are associative', real, ({ x, y, z }) =>
  agree(dot('column')(dot('inner')(x, y), z), dot('inner')(x, dot('column')(y, z))),
)

law('and exactly so on whole numbers', whole, ({ x, y, z }) =>
  same(dot('column')(dot('inner')(x, y), z), dot('inner')(x, dot('column')(y, z))),
)

law('contractions distribute', real, ({ x, y, y2 }) =>
  agree(dot('inner')(x, add(y, y2)), add(dot('inner')(x, y), dot('inner')(x, y2))),
)

law('and exactly so on whole numbers, too', whole, ({ x, y, y2 }) =>
  same(dot('inner')(x, add(y, y2)), add(dot('inner')(x, y), dot('inner')(x, y2))),
)

law('a further axis of either operand is carried along', whole, ({ stacked, y, sizes: { batch } }) => {
  const all: Tensor<'batch' | 'row' | 'column'> = dot('inner')(stacked, y)
  return Array.from({ length: batch }, (_, item) =>
    same(at('batch', item)(all), dot('inner')(at('batch', item)(stacked), y), `item ${item}`),
  )
})

law('an axis that both operands have meets itself', whole, ({ stacked, sizes: { batch, row } }) => {
  const paired: Tensor<'batch' | 'row'> = dot('inner')(stacked, stacked)
  const squares = tabulate({ batch, row }, position => {
    let sum = 0
    for (let inner = 0; inner < stacked.sizes.inner; inner += 1) sum += element(stacked, { ...position, inner }) ** 2
    return sum
  })
  return same(paired, squares)
})

law('blocks of the contracted axis add up', whole, ({ x, y, sizes: { inner } }) => {
  const twice = dot('inner')(concat('inner')(x, x), concat('inner')(y, y))
  const cut = Math.ceil(inner / 2)
  const part = (start: number, size: number) =>
    dot('inner')(slice('inner', start, size)(x), slice('inner', start, size)(y))
  return [
    same(twice, scale(2)(dot('inner')(x, y)), 'twice'),
    cut < inner
      ? same(add(part(0, cut), part(cut, inner - cut)), dot('inner')(x, y), 'halves')
      : same(part(0, cut), dot('inner')(x, y), 'whole'),
  ]
})

law('contracting two axes is contracting the one that they merge into', whole, ({ stacked, sizes }) => {
  const other = tabulate({ ...sizes }, ({ batch, row, column }) => batch - 2 * row + 3 * column)
  const paired = sum('inner', 'far')(other)
  const merged = merge(['batch', 'row'], 'pair')
  return same(dot('batch', 'row')(stacked, paired), dot('pair')(merged(stacked), merged(paired)))
})

law('a product of two vectors has rank one', whole, ({ v, x, sizes: { row, column } }) => {
  const u = at('inner', 0)(x)
  return same(dot('column')(outer(u, v), v), scale(1)(mul(u, total(mul(v, v)))), `${row} x ${column}`)
})

const layer = problem({
  dims: { batch: [1, 4], feature: [1, 5], unit: [1, 5] },
  tensors: {
    x: integers('batch', 'feature'),
    weight: integers('feature', 'unit'),
    bias: integers('unit'),
    g: integers('batch', 'unit'),
  },
})

law(
  'a linear layer and its gradients are the textbook matrix products',
  layer,
  ({ x, weight, bias, g, sizes: { batch } }) => {
    const value: Tensor<'batch' | 'unit'> = applyLinear('feature')({ weight, bias })(x)
    const [toX, toWeight, toBias] = gradients(total(mul(value, g)).expr, [x.expr, weight.expr, bias.expr])
    return [
      same(value, add(dot('feature')(x, weight), expand({ batch })(bias)), 'x W + b'),
      same(tensor<'batch' | 'feature'>(toX), dot('unit')(g, weight), 'to x: g W^T'),
      same(tensor<'feature' | 'unit'>(toWeight), dot('batch')(x, g), 'to W: x^T g'),
      same(tensor<'unit'>(toBias), sum('batch')(g), 'to b: the sum of g'),
    ]
  },
)
