// The scalar operations, one row each: how many operands, what it costs to compute again, its value in float64, and its
// derivative. A derivative takes the cotangent g, the result z and the operands, all expressions, and returns what flows to
// each operand; nothing flows where an entry is missing. Printers hold their own spelling of each name.

import { erf } from '../numeric/erf.ts'
import { constant, type Expr, map } from './expression.ts'
import type { ScalarName } from './node.ts'

type Derivative = (g: Expr, z: Expr, x: Expr, y: Expr, w: Expr) => readonly (Expr | undefined)[]

interface Scalar {
  readonly arity: 1 | 2 | 3
  /** Relative cost of one evaluation: 1 for an addition, 8 for a transcendental function. */
  readonly cost: number
  readonly value: (x: number, y: number, w: number) => number
  readonly derivative: Derivative
}

const one = constant(1)
const zero = constant(0)
const mul = (x: Expr, y: Expr) => map('mul', x, y)
const neg = (x: Expr) => map('neg', x)
const less = (x: Expr, y: Expr) => map('less', x, y)
const select = (condition: Expr, x: Expr, y: Expr) => map('select', condition, x, y)

/** The part of a maximum's gradient that goes to x: all, none, or half of a tie. */
const share = (x: Expr, y: Expr) => select(less(y, x), one, select(less(x, y), zero, constant(0.5)))

/** The operations by name. */
export const scalars: { readonly [name in ScalarName]: Scalar } = {
  add: {
    arity: 2,
    cost: 1,
    value: (x, y) => x + y,
    derivative: g => [g, g],
  },
  mul: {
    arity: 2,
    cost: 1,
    value: (x, y) => x * y,
    derivative: (g, _z, x, y) => [mul(g, y), mul(g, x)],
  },
  neg: {
    arity: 1,
    cost: 1,
    value: x => -x,
    derivative: g => [neg(g)],
  },
  /** 1 / x */
  recip: {
    arity: 1,
    cost: 4,
    value: x => 1 / x,
    derivative: (g, z) => [neg(mul(g, mul(z, z)))],
  },
  exp: {
    arity: 1,
    cost: 8,
    value: Math.exp,
    derivative: (g, z) => [mul(g, z)],
  },
  log: {
    arity: 1,
    cost: 8,
    value: Math.log,
    derivative: (g, _z, x) => [mul(g, map('recip', x))],
  },
  sqrt: {
    arity: 1,
    cost: 4,
    value: Math.sqrt,
    derivative: (g, z) => [mul(g, mul(constant(0.5), map('recip', z)))],
  },
  sin: {
    arity: 1,
    cost: 8,
    value: Math.sin,
    derivative: (g, _z, x) => [mul(g, map('cos', x))],
  },
  cos: {
    arity: 1,
    cost: 8,
    value: Math.cos,
    derivative: (g, _z, x) => [neg(mul(g, map('sin', x)))],
  },
  tanh: {
    arity: 1,
    cost: 8,
    value: Math.tanh,
    derivative: (g, z) => [mul(g, map('add', one, neg(mul(z, z))))],
  },
  /** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x */
  erf: {
    arity: 1,
    cost: 8,
    value: erf,
    derivative: (g, _z, x) => [mul(g, mul(constant(2 / Math.sqrt(Math.PI)), map('exp', neg(mul(x, x)))))],
  },
  /** The larger operand; the gradient of a tie is shared equally. */
  max: {
    arity: 2,
    cost: 1,
    value: (x, y) => Math.max(x, y),
    derivative: (g, _z, x, y) => [mul(g, share(x, y)), mul(g, share(y, x))],
  },
  /** 1 where x < y, else 0 */
  less: {
    arity: 2,
    cost: 1,
    value: (x, y) => (x < y ? 1 : 0),
    derivative: () => [],
  },
  /** y where x is not 0, else w */
  select: {
    arity: 3,
    cost: 1,
    value: (x, y, w) => (x !== 0 ? y : w),
    derivative: (g, _z, x) => [undefined, select(x, g, zero), select(x, zero, g)],
  },
  floor: {
    arity: 1,
    cost: 1,
    value: Math.floor,
    derivative: () => [],
  },
  abs: {
    arity: 1,
    cost: 1,
    value: Math.abs,
    derivative: (g, _z, x) => [mul(g, select(less(x, zero), constant(-1), select(less(zero, x), one, zero)))],
  },
}
