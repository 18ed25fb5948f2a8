// Forward-mode differentiation by dual numbers, written apart from `lib`: beside each value goes its tangent. A second,
// exact oracle for the reverse mode, which has none of the truncation error of differences. Its rules are other
// formulas than the reverse rules wherever mathematics offers one; an operation without a rule here goes by its row in
// the table of operations, whose derivative differences check.

import {
  constant,
  type Expr,
  expandTo,
  type MapNode,
  map,
  operandsOf,
  type Reduce,
  reduce,
  withOperands,
} from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { scalars } from '../../lib/language/scalar.ts'
import { postorder } from '../../lib/language/walk.ts'

const add = (x: Expr, y: Expr): Expr => map('add', x, y)
const mul = (x: Expr, y: Expr): Expr => map('mul', x, y)
const div = (x: Expr, y: Expr): Expr => map('mul', x, map('recip', y))
const neg = (x: Expr): Expr => map('neg', x)
const exp = (x: Expr): Expr => map('exp', x)
const half = (x: Expr): Expr => mul(x, constant(0.5))
/** -1, 0 or 1. */
const sign = (x: Expr): Expr => add(map('less', constant(0), x), neg(map('less', x, constant(0))))
const zero = constant(0)
const one = constant(1)

type Tangent = (operands: readonly Expr[], tangents: readonly Expr[]) => Expr

const rules: Readonly<Partial<Record<ScalarName, Tangent>>> = {
  add: (_, [dx, dy]) => add(dx, dy),
  mul: ([x, y], [dx, dy]) => add(mul(dx, y), mul(x, dy)),
  neg: (_, [dx]) => neg(dx),
  recip: ([x], [dx]) => neg(div(dx, mul(x, x))),
  exp: ([x], [dx]) => mul(dx, exp(x)),
  log: ([x], [dx]) => div(dx, x),
  sqrt: ([x], [dx]) => half(div(dx, map('sqrt', x))),
  sin: ([x], [dx]) => mul(dx, map('cos', x)),
  cos: ([x], [dx]) => neg(mul(dx, map('sin', x))),
  tanh: ([x], [dx]) => mul(mul(dx, add(one, map('tanh', x))), add(one, map('tanh', neg(x)))),
  erf: ([x], [dx]) => mul(mul(constant(2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x)))), dx),
  /** Of a tie, the mean of both one-sided derivatives. */
  max: ([x, y], [dx, dy]) => half(add(add(dx, dy), mul(sign(add(x, neg(y))), add(dx, neg(dy))))),
  less: () => zero,
  select: ([c], [, dx, dy]) => map('select', c, dx, dy),
  floor: () => zero,
  abs: ([x], [dx]) => mul(dx, sign(x)),
}

/** The mean of the tangents of the elements that attain the maximum. */
const ofMaximum = (node: Reduce, tangent: Expr): Expr => {
  const attains = map('select', map('less', node.operand, node), zero, constant(1))
  return div(reduce('sum', node.axes, mul(attains, tangent)), reduce('sum', node.axes, attains))
}

/** The sum of what each operand's tangent adds, by the derivative in the table. */
const byRow = (node: MapNode, tangents: readonly Expr[]): Expr => {
  const [x, y, w] = node.operands
  const slopes = scalars[node.operation].derivative(one, node, x, y, w)
  return slopes.reduce<Expr>((total, slope, at) => (slope ? add(total, mul(slope, tangents[at])) : total), zero)
}

const ofMap = (node: MapNode, tangents: readonly Expr[]): Expr =>
  rules[node.operation]?.(node.operands, tangents) ?? byRow(node, tangents)

const ofNode = (node: Expr, tangents: readonly Expr[]): Expr => {
  switch (node.kind) {
    case 'const':
    case 'input':
    case 'iota':
    case 'stop':
      return zero
    case 'map':
      return ofMap(node, tangents)
    case 'reduce':
      return node.operation === 'sum' ? withOperands(node, tangents) : ofMaximum(node, tangents[0])
    default:
      return withOperands(node, tangents)
  }
}

/** How `roots` change when the given nodes move along the given tangents. */
export const tangentsOf = (roots: readonly Expr[], moving: ReadonlyMap<Expr, Expr>): readonly Expr[] => {
  const tangents = new Map<Expr, Expr>()
  for (const node of postorder(roots)) {
    const own = moving.get(node)
    const below = operandsOf(node).map(operand => tangents.get(operand)!)
    tangents.set(node, expandTo(node.shape, own ?? ofNode(node, below)))
  }
  return roots.map(root => tangents.get(root)!)
}
