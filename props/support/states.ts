// Random machines: a random graph some of whose inputs are state, each with a next value that keeps it in the range of
// inputs. A next value may be the old one, that of another state, a function of its own elements, or one that reads
// other elements.

import type { compiler } from '../../lib/index.ts'
import { type Shape, sameShape } from '../../lib/language/axes.ts'
import { constant, type Expr, expandTo, type Input, map, pad, reduce, slice } from '../../lib/language/expression.ts'
import { uniforms } from '../../lib/tree/random.ts'
import type { Sample } from './graph-shrink.ts'
import { inputsOf } from './probes.ts'

/** A graph with state, and the values of its inputs and of its state before the first run. */
export interface Stateful {
  readonly graph: compiler.Graph
  readonly state: ReadonlyMap<string, Float64Array>
  readonly inputs: ReadonlyMap<string, Float64Array>
}

const bound = 64

/** Within plus and minus 64, where inputs lie. */
const bounded = (x: Expr): Expr => {
  const above = map('max', x, constant(-bound))
  return map('neg', map('max', map('neg', above), constant(-bound)))
}

/** A value of any shape made one of `shape`: axes that it lacks are repeated, others reduced to their maximum. */
const shaped = (shape: Shape, x: Expr): Expr => {
  const foreign = Object.keys(x.shape).filter(axis => x.shape[axis] !== shape[axis])
  return expandTo(shape, reduce('max', foreign, x))
}

/** The elements of an axis moved by one, and 0 in the first place. */
const delayed = (x: Expr): Expr => {
  const axis = Object.keys(x.shape).find(name => x.shape[name] > 1)
  return axis === undefined ? x : pad(axis, 1, 0, slice(axis, 0, x.shape[axis] - 1, x))
}

const nextOf = (own: Input, others: readonly Input[], roots: readonly Expr[], way: number): Expr => {
  const alike = others.filter(other => sameShape(other.shape, own.shape))
  const root = shaped(own.shape, roots[way % roots.length])
  const ways = [
    own,
    alike[way % Math.max(alike.length, 1)] ?? own,
    bounded(root),
    bounded(map('add', own, root)),
    bounded(map('add', delayed(own), root)),
    delayed(own),
    map('neg', own),
    bounded(map('mul', own, map('less', root, shaped(own.shape, alike[0] ?? root)))),
  ]
  return ways[way % ways.length]
}

/** A sample whose inputs are state in about two of three cases, as `seed` decides. */
export const stateful = ({ roots, bindings }: Sample, seed: number): Stateful => {
  const all = inputsOf(roots)
  const draws = Array.from(uniforms([seed, 7], 2 * all.length), draw => Math.floor(draw * 2 ** 20))
  const states = all.filter((_, at) => draws[2 * at] % 3 > 0)
  const next = states.map((own): readonly [string, Expr] => {
    const others = states.filter(other => other !== own)
    return [own.name, nextOf(own, others, roots, draws[2 * all.indexOf(own) + 1])]
  })
  const names = new Set(states.map(({ name }) => name))
  const part = (isState: boolean) => new Map([...bindings].filter(([name]) => names.has(name) === isState))
  /** State that is written and never read: there is no such input. */
  const unread = 'never read'
  return {
    graph: {
      outputs: Object.fromEntries([...next, ...roots.map((root, at) => [`output ${at}`, root]), [unread, roots[0]]]),
      carried: { ...Object.fromEntries(states.map(({ name, shape }) => [name, shape])), [unread]: roots[0].shape },
    },
    state: part(true),
    inputs: part(false),
  }
}
