// Derivatives one by one: each scalar operation against differences away from its kinks, what happens at ties,
// the gradients that everyone knows, the public functions on trees, and the Hessian of the cross-entropy.

import {
  abs,
  add,
  array,
  constant,
  dot,
  fill,
  floor,
  gradient,
  hessianVector,
  inner,
  jvp,
  less,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type Scalar as ScalarTensor,
  scale,
  shift,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  total,
  valueAndGrad,
  vjp,
  where,
} from '../../lib/index.ts'
import { map } from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { operationsWhere, type Scalar } from '../../lib/language/scalar.ts'
import { input, tensor } from '../../lib/language/tensor.ts'
import { distincts, integers, positives, problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, below, equals, holds, same } from '../support/compare.ts'
import { checkedAlong, coordinates } from '../support/differences.ts'
import { law } from '../support/law.ts'
import { evaluated, type Given, mapped, numbers } from '../support/tensors.ts'

type Rows = Tensor<'batch' | 'feature'>

const dims = { batch: [1, 3], feature: [1, 5] } as const

/** The gradient of a scalar function at `x`, against differences along every coordinate. */
const checked = (f: (x: Rows) => ScalarTensor, x: Given<'batch' | 'feature'>, step?: number) => {
  const variable = input('x', x.sizes)
  const value = f(variable)
  const point = new Map([['x', x.data]])
  const [slope] = evaluated([gradient(value, { variable }).variable.expr], point, [x.sizes])
  return checkedAlong(value.expr, point, new Map([['x', slope]]), coordinates(point), step)
}

/** A function of each element, made a scalar whose derivatives at the elements cannot be confused. */
const weighed = (f: (x: Rows) => Rows) => (x: Rows) => {
  const y = f(x)
  const weights = Array.from({ length: numbers(fill(y.expr.shape, 1)).length }, (_, at) => 1 + at / 8)
  return total(mul(y, array(y.expr.shape as Given<'batch' | 'feature'>['sizes'], weights)))
}

const unaryWhere = (meets: (row: Scalar) => boolean): readonly ScalarName[] =>
  operationsWhere(row => row.arity === 1 && meets(row))

/** The operation of that name, as a function of tensors. */
const applied =
  (name: ScalarName) =>
  (x: Rows): Rows =>
    tensor(map(name, x.expr))

const isSmooth = ({ smoothness }: Scalar): boolean => smoothness === 'linear' || smoothness === 'smooth'

law(
  'every smooth operation has the derivative that differences show',
  problem({ dims, tensors: { x: reals('batch', 'feature') } }),
  ({ x }) =>
    [
      ...unaryWhere(row => isSmooth(row) && row.domain[0] < -2).map(applied),
      square,
      (y: Rows) => mul(y, square(y)),
    ].flatMap(f => checked(weighed(f), scaledInto(x))),
  'middling',
)

/** Values in [-2, 2]. */
const scaledInto = mapped(value => value / 4)

law(
  'so has every operation that needs positive numbers',
  problem({ dims, tensors: { x: positives('batch', 'feature') } }),
  ({ x }) =>
    unaryWhere(row => isSmooth(row) && row.domain[0] >= -2).flatMap(name =>
      checked(
        weighed(y => applied(name)(shift(0.5)(y))),
        x,
      ),
    ),
  'middling',
)

const distinct = problem({ dims, tensors: { x: distincts('batch', 'feature'), y: reals('feature') } })
/** Away from the kinks at multiples of 1/4, by 16 steps of the differences. */
const between = mapped(value => value + 0.125)

const kinked: readonly ((x: Rows) => Rows)[] = [
  ...unaryWhere(({ smoothness }) => smoothness === 'kinks').map(applied),
  x => maximum(x, constant(0)),
  x => minimum(x, constant(0.5)),
  x => where(less(x, constant(0)), square(x), x),
  x => mul(x, floor(x)),
  x => mul(x, less(x, constant(0))),
]

law(
  'operations with kinks have it between these',
  distinct,
  ({ x }) => [
    ...kinked.flatMap(f => checked(weighed(f), between(x), 2 ** -7)),
    ...checked(y => total(max('feature')(y)), x, 2 ** -7),
    ...checked(y => total(square(max('batch', 'feature')(y))), x, 2 ** -7),
  ],
  'middling',
)

law('what has steps has no gradient', distinct, ({ x }) => [
  ...unaryWhere(({ smoothness }) => smoothness === 'steps').map(name =>
    same(gradient(total(applied(name)(x)), { x }).x, scale(0)(x), name),
  ),
  same(gradient(total(less(x, constant(1))), { x }).x, scale(0)(x), 'less'),
])

const tied = problem({ dims, tensors: { x: integers('batch', 'feature'), y: integers('batch', 'feature') } })

law('at ties the gradient is shared equally', tied, ({ x, y, sizes: { batch } }) => {
  const coarse = mapped(value => Math.sign(value))(x)
  const shares: Rows = gradient(total(max('feature')(coarse)), { coarse }).coarse as Rows
  const attained = sub(fill(x.sizes, 1), less(coarse, max('feature')(coarse)))
  const pair = gradient(total(maximum(x, y)), { x, y })
  const own = gradient(total(maximum(x, x)), { x })
  return [
    agree(sum('feature')(shares), fill({ batch }, 1), 'shares sum to 1'),
    atMost(0)(shares, attained, 'to maxima only'),
    same(mul(shares, sum('feature')(attained)), mul(attained, constant(1)), 'equally'),
    same(add(pair.x, pair.y), fill(x.sizes, 1), 'of two'),
    same(pair.x, scale(0.5)(add(sub(fill(x.sizes, 1), less(x, y)), less(y, x))), 'all, none or half'),
    same(own.x, fill(x.sizes, 1), 'with itself'),
    same(gradient(total(abs(coarse)), { coarse }).coarse, coarse, 'the sign, and 0 at 0'),
  ]
})

law('the gradients that everyone knows', tied, ({ x, y, sizes: { batch, feature } }) => [
  same(gradient(total(x), { x }).x, fill(x.sizes, 1), 'sum'),
  same(gradient(mean('batch', 'feature')(x), { x }).x, fill(x.sizes, 1 / (batch * feature)), 'mean'),
  same(gradient(total(mul(x, y)), { x }).x, y, 'inner product'),
  same(gradient(dot('batch', 'feature')(x, x), { x }).x, scale(2)(x), 'square'),
  same(gradient(total(y), { x }).x, fill(x.sizes, 0), 'of what does not depend on it'),
  same(gradient(total(mul(x, stopGradient(x))), { x }).x, x, 'with one factor stopped'),
])

const tree = problem({
  dims,
  tensors: {
    weight: reals('feature'),
    bias: reals(),
    x: reals('batch', 'feature'),
    v: reals('feature'),
    g: reals('batch'),
  },
})

law('derivatives of functions on trees keep the value and the structure', tree, ({ weight, bias, x, v, g }) => {
  const f = ({ deep: [w], bias: b }: { deep: readonly Tensor<'feature'>[]; bias: ScalarTensor }): Tensor<'batch'> =>
    tanh(add(dot('feature')(x, w), b))
  const parameters = { deep: [weight], bias }
  const direction = { deep: [v], bias: constant(0.5) }
  const scalarOf = (p: typeof parameters | { deep: Tensor<'feature'>[]; bias: ScalarTensor }) => total(mul(f(p), g))
  const { value, pullback } = vjp(f)(parameters)
  const forward = jvp(f)(parameters, direction)
  const whole = valueAndGrad(scalarOf)(parameters)
  return [
    same(value, f(parameters), 'vjp value'),
    same(forward.value, f(parameters), 'jvp value'),
    same(whole.value, scalarOf(parameters), 'value'),
    holds('structure', Array.isArray(whole.gradient.deep) && Object.keys(whole.gradient).join() === 'deep,bias'),
    agree(inner(pullback(g), direction), total(mul(g, forward.tangent)), 'duality'),
    agree(inner(whole.gradient, direction), inner(pullback(g), direction), 'gradient'),
  ]
})

const logits = problem({
  dims: { prototype: [1, 7] },
  tensors: { z: reals('prototype'), t: reals('prototype'), v: reals('prototype') },
  choices: { temperature: [1, 0.5, 0.1] },
})

law('the Hessian of the cross-entropy is (diag p - p p^T) / temperature^2', logits, ({ z, t, v, temperature }) => {
  const target = softmax('prototype')(t)
  const f = ({ z: x }: { z: Tensor<'prototype'> }): ScalarTensor =>
    neg(dot('prototype')(target, logSoftmax('prototype', temperature)(x)))
  const along = (direction: Tensor<'prototype'>) => hessianVector(f)({ z }, { z: direction }).z
  const p: Tensor<'prototype'> = softmax('prototype', temperature)(z)
  const closed = scale(temperature ** -2)(sub(mul(p, v), mul(p, dot('prototype')(p, v))))
  const curvature = dot('prototype')(v, along(v))
  return [
    agree(along(v), closed, 'closed form'),
    agree(along(fill(z.sizes, 1)), fill(z.sizes, 0), 'blind to a shift'),
    below(constant(0), curvature, 'not negative'),
  ]
})

law(
  'a gradient through a stop is that of the function with the stopped part frozen',
  logits,
  ({ z, t, temperature }) => {
    const teacher = (x: Tensor<'prototype'>) => softmax('prototype', 0.5)(sub(x, t))
    const f = (x: Tensor<'prototype'>, target: Tensor<'prototype'>) =>
      neg(dot('prototype')(target, logSoftmax('prototype', temperature)(x)))
    const variable = input('z', z.sizes)
    const frozen = f(variable, array(z.sizes, numbers(teacher(z))))
    const point = new Map([['z', z.data]])
    const slope = gradient(f(variable, stopGradient(teacher(variable))), { variable }).variable.expr
    const values = new Map([['z', evaluated([slope], point, [z.sizes])[0]]])
    return checkedAlong(frozen.expr, point, values, coordinates(point), 2 ** -9 * temperature)
  },
  'middling',
)

law('the gradient of log-sum-exp is softmax', logits, ({ z }) => [
  agree(gradient(logSumExp('prototype')(z), { z }).z, softmax('prototype')(z)),
  equals(total(gradient(logSumExp('prototype')(z), { z }).z), 1, 'sums to 1'),
  agree(
    gradient(total(logSoftmax('prototype')(z)), { z }).z,
    sub(fill(z.sizes, 1), scale(z.data.length)(softmax('prototype')(z))),
    'of log-softmax',
  ),
])
