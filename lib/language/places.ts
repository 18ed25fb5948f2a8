// The place of each node: the scopes that it was built in. It follows from the graph alone. Values that enter a scope
// carry its name until they leave it, and so does all that is computed of them on the way; parameters, which enter
// nothing, take the place of the values that they meet. Cotangents go through the same marks the other way round.
//
//   x of block 1, enter attention, dot with a weight, exp        the exp is in        block 1 / attention

import { type Expr, type Mark, operandsOf } from './expression.ts'
import { postorder } from './walk.ts'

type Entered = Pick<Mark, 'scope' | 'of'>

/** The scopes of a node, outermost first, and whether it belongs to their gradient. */
export interface Place {
  readonly scopes: readonly string[]
  readonly gradient: boolean
}

const isOfCotangent = (entered: readonly Entered[]): boolean => entered.at(-1)?.of === 'cotangent'

/**
 * The scopes after a mark. Gradients of parameters leave no scope, for parameters enter none; they are out of all of
 * them where they enter a scope of values, such as an optimiser's.
 */
const past = ({ scope, side, of }: Mark, entered: readonly Entered[]): readonly Entered[] => {
  if (side === 'enter') return [...(of === 'value' && isOfCotangent(entered) ? [] : entered), { scope, of }]
  const last = entered.at(-1)
  return last?.scope === scope && last.of === of ? entered.slice(0, -1) : entered
}

const depth = (entered: readonly Entered[]): number => entered.length + (isOfCotangent(entered) ? 0.5 : 0)

/** Of the operands' scopes the deepest; of equally deep ones those of a gradient, which reads values, too. */
const deepest = (all: readonly (readonly Entered[])[]): readonly Entered[] =>
  all.reduce((best, next) => (depth(next) > depth(best) ? next : best), [])

/**
 * The place of every node under `roots`.
 *
 * @example
 * ```ts
 * import { compiler, exp, iota, neg, scope } from 'functional-dino'
 * const { expr } = scope('attention')(exp)(neg(iota('token', 3)))
 * const places = compiler.placesOf([expr])
 * compiler.showPlace(places.get(expr.kind === 'rename' ? expr.operand : expr)!) // => 'attention'
 * compiler.showPlace(places.get(expr)!) // => 'no scope'
 * ```
 */
export const placesOf = (roots: readonly Expr[]): ReadonlyMap<Expr, Place> => {
  const entered = new Map<Expr, readonly Entered[]>()
  for (const node of postorder(roots)) {
    const own = deepest(operandsOf(node).map(operand => entered.get(operand)!))
    entered.set(node, node.kind === 'rename' && node.mark !== undefined ? past(node.mark, own) : own)
  }
  return new Map(
    [...entered].map(([node, all]) => [node, { scopes: all.map(({ scope }) => scope), gradient: isOfCotangent(all) }]),
  )
}

/** Reads as `block 1 / attention`, or `the gradient of block 1 / attention`. */
export const showPlace = ({ scopes, gradient }: Place): string =>
  `${gradient ? 'the gradient of ' : ''}${scopes.join(' / ') || 'no scope'}`
