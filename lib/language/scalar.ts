// The scalar operations, one complete row each: everything that the compiler, the executors and the tests need to know
// of an operation but its spelling per target. Adding one is its name in `node.ts`, its row here, and its spellings.
//
//   neg: value -x, derivative -g, linear, falling, whole for whole numbers, exact

import { erf } from '../numeric/erf.ts'
import { constant, type Expr, map } from './expression.ts'
import type { ScalarName } from './node.ts'
import type { Interval, Scalar } from './scalar-row.ts'

export type { Interval, Scalar } from './scalar-row.ts'

const everywhere: Interval = [-3.4e38, 3.4e38]

const exactly = { float32: 0, float64: 0 }
const correctly = { float32: 0.5, float64: 0.5 }
const closely = { float32: 2, float64: 1 }

/** The usual columns of a row, of one operand and of two. */
const basic = { arity: 1, cost: 1, heavy: false, domain: everywhere, steepest: 1, integral: false } as const
const binary = { ...basic, arity: 2, steepest: Number.POSITIVE_INFINITY, integral: true } as const
const transcendental = {
  ...basic,
  cost: 8,
  heavy: true,
  smoothness: 'smooth',
  ulps: closely,
} as const

const one = constant(1)
const zero = constant(0)
const half = constant(0.5)
const add = (x: Expr, y: Expr) => map('add', x, y)
const mul = (x: Expr, y: Expr) => map('mul', x, y)
const neg = (x: Expr) => map('neg', x)
const recip = (x: Expr) => map('recip', x)
const less = (x: Expr, y: Expr) => map('less', x, y)
const select = (condition: Expr, x: Expr, y: Expr) => map('select', condition, x, y)

/** The part of a maximum's gradient that goes to x: all, none, or half of a tie. */
const share = (x: Expr, y: Expr) => select(less(y, x), one, select(less(x, y), zero, half))

/** The operations by name. */
export const scalars: { readonly [name in ScalarName]: Scalar } = {
  add: {
    ...binary,
    value: (x, y) => x + y,
    derivative: g => [g, g],
    smoothness: 'linear',
    ulps: correctly,
  },
  mul: {
    ...binary,
    value: (x, y) => x * y,
    derivative: (g, _z, x, y) => [mul(g, y), mul(g, x)],
    smoothness: 'smooth',
    ulps: correctly,
  },
  neg: {
    ...basic,
    value: x => -x,
    derivative: g => [neg(g)],
    smoothness: 'linear',
    monotone: 'falling',
    integral: true,
    ulps: exactly,
  },
  /** 1 / x; what holds of positive numbers holds of negative ones too. */
  recip: {
    ...basic,
    cost: 4,
    value: x => 1 / x,
    derivative: (g, z) => [neg(mul(g, mul(z, z)))],
    domain: [2 ** -120, 2 ** 120],
    gentle: [0.5, 2 ** 120],
    steepest: Number.POSITIVE_INFINITY,
    smoothness: 'smooth',
    monotone: 'falling',
    ulps: correctly,
  },
  exp: {
    ...transcendental,
    value: Math.exp,
    derivative: (g, z) => [mul(g, z)],
    domain: [-87, 88.72],
    gentle: [-64, 5],
    steepest: Number.POSITIVE_INFINITY,
    monotone: 'rising',
  },
  log: {
    ...transcendental,
    value: Math.log,
    derivative: (g, _z, x) => [mul(g, recip(x))],
    domain: [2 ** -126, 3.4e38],
    gentle: [0.5, 3.4e38],
    steepest: Number.POSITIVE_INFINITY,
    monotone: 'rising',
  },
  sqrt: {
    ...basic,
    cost: 4,
    value: Math.sqrt,
    derivative: (g, z) => [mul(g, mul(half, recip(z)))],
    domain: [0, 3.4e38],
    gentle: [0.25, 3.4e38],
    steepest: Number.POSITIVE_INFINITY,
    smoothness: 'smooth',
    monotone: 'rising',
    ulps: correctly,
  },
  sin: {
    ...transcendental,
    value: Math.sin,
    derivative: (g, _z, x) => [mul(g, map('cos', x))],
    domain: [-100, 100],
  },
  cos: {
    ...transcendental,
    value: Math.cos,
    derivative: (g, _z, x) => [neg(mul(g, map('sin', x)))],
    domain: [-100, 100],
  },
  tanh: {
    ...transcendental,
    value: Math.tanh,
    derivative: (g, z) => [mul(g, add(one, neg(mul(z, z))))],
    monotone: 'rising',
  },
  /** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x */
  erf: {
    ...transcendental,
    value: erf,
    derivative: (g, _z, x) => [mul(g, mul(constant(2 / Math.sqrt(Math.PI)), map('exp', neg(mul(x, x)))))],
    steepest: 2 / Math.sqrt(Math.PI),
    monotone: 'rising',
    ulps: { float32: 2, float64: 16 },
  },
  /** The angle between -pi/2 and pi/2 whose tangent is x. */
  atan: {
    ...transcendental,
    value: Math.atan,
    derivative: (g, _z, x) => [mul(g, recip(add(one, mul(x, x))))],
    monotone: 'rising',
  },
  /** The larger operand; the gradient of a tie is shared equally. */
  max: {
    ...binary,
    value: (x, y) => Math.max(x, y),
    derivative: (g, _z, x, y) => [mul(g, share(x, y)), mul(g, share(y, x))],
    smoothness: 'kinks',
    ulps: exactly,
  },
  /** 1 where x < y, else 0 */
  less: {
    ...binary,
    value: (x, y) => (x < y ? 1 : 0),
    derivative: () => [],
    smoothness: 'steps',
    ulps: exactly,
  },
  /** y where x is not 0, else w */
  select: {
    ...binary,
    arity: 3,
    value: (x, y, w) => (x !== 0 ? y : w),
    derivative: (g, _z, x) => [undefined, select(x, g, zero), select(x, zero, g)],
    smoothness: 'kinks',
    ulps: exactly,
  },
  floor: {
    ...basic,
    value: Math.floor,
    derivative: () => [],
    steepest: Number.POSITIVE_INFINITY,
    smoothness: 'steps',
    monotone: 'rising',
    integral: true,
    ulps: exactly,
  },
  abs: {
    ...basic,
    value: Math.abs,
    derivative: (g, _z, x) => [mul(g, select(less(x, zero), constant(-1), select(less(zero, x), one, zero)))],
    smoothness: 'kinks',
    integral: true,
    ulps: exactly,
  },
}

/** The names of the operations whose rows meet a condition, in the order of the table. */
export const operationsWhere = (meets: (row: Scalar) => boolean): readonly ScalarName[] =>
  (Object.keys(scalars) as ScalarName[]).filter(name => meets(scalars[name]))
