// The first number that is not finite, where a program has made one: which operation made it, in which scope, and of
// inputs. A graph is data, so its nodes can be outputs: the executor is given another program, which tells of
// each reduction on the way whether all of its elements are finite, and then one that tells the same of every node
// between the first reduction that is not and those before it. Nothing but these flags is kept.
//
//   { operation: 'exp', place: { scopes: ['block 1', 'attention'], gradient: false }, from: ['state.x', 'input.y'] }

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { inputsOf } from '../compile/checked.ts'
import type { Shape } from '../language/axes.ts'
import { constant, type Expr, map, operandsOf, reduce } from '../language/expression.ts'
import { type Place, placesOf } from '../language/places.ts'
import { share } from '../language/share.ts'
import { showOperation } from '../language/show.ts'
import type { Scalar } from '../language/tensor.ts'
import { postorder } from '../language/walk.ts'
import type { As } from '../tree/tree.ts'
import type { Executor, Run, Values } from './executor.ts'
import { namedValues, type Step, trace } from './machine.ts'

/** The largest number of float32. */
const largest = (2 - 2 ** -23) * 2 ** 127

/** A value that is not finite while all that it was made of is; for an input that is not, the first node to read it. */
export interface NotFinite {
  /** As `exp`, `sum over token` or `input "state.student.bias"`. */
  readonly operation: string
  readonly place: Place
  readonly shape: Shape
  /** Names of the inputs that it was made of, the nearest first, at most three; its own name for an input. */
  readonly from: readonly string[]
  /** Of an input, the place in its data of the first number that is not finite. */
  readonly at?: number
}

/** Whether a node computes: all others move values about, or begin a graph. */
const makes = ({ kind }: Expr): boolean => kind === 'map' || kind === 'reduce'

/** 1 if an element of `x` is not finite, else 0. */
const flag = (x: Expr): Expr =>
  reduce(
    'max',
    Object.keys(x.shape),
    map('select', map('less', map('abs', x), constant(largest)), constant(0), constant(1)),
  )

/** The inputs that a node was made of, the nearest first. */
const nearestInputs = (node: Expr, most: number): readonly string[] => {
  const seen = new Set<Expr>([node])
  const names = new Set<string>()
  for (const next of seen) {
    if (next.kind === 'input') names.add(next.name)
    if (names.size === most) break
    operandsOf(next).forEach(operand => seen.add(operand))
  }
  return [...names]
}

const shownInputs = 3

/** The nodes, of some, that have an element that is not finite. */
const spoiltOf =
  (nodes: readonly Expr[], values: Values): Run<ReadonlySet<Expr>> =>
  (executor: Executor) => {
    const outputs = Object.fromEntries(nodes.map((node, at) => [`flag ${at}`, flag(node)]))
    const names = [...inputsOf(Object.values(outputs)).keys()]
    const given: Values = new Map(names.flatMap(name => (values.has(name) ? [[name, values.get(name)!] as const] : [])))
    return pipe(
      executor.load({ outputs, carried: {} }),
      TE.chain(({ run }) => run(given)),
      TE.map(flags => new Set(nodes.filter((_, at) => flags.get(`flag ${at}`)![0] !== 0))),
    )
  }

/** The nodes under `root` down to those where `ends` says so, which are among them; not `root` itself. */
const below = (root: Expr, ends: (node: Expr) => boolean): ReadonlySet<Expr> => {
  const found = new Set<Expr>(operandsOf(root))
  for (const node of found) if (!ends(node)) operandsOf(node).forEach(operand => found.add(operand))
  return found
}

/** From a spoilt landmark down to one that none of the landmarks right below it has spoilt. */
const lowest = (start: Expr, isLandmark: (node: Expr) => boolean, spoilt: ReadonlySet<Expr>): Expr => {
  const next = [...below(start, isLandmark)].find(node => spoilt.has(node))
  return next === undefined ? start : lowest(next, isLandmark, spoilt)
}

/** The first operation, of those under a spoilt landmark and above sound ones, that spoils it. */
const culprit =
  (landmark: Expr, isLandmark: (node: Expr) => boolean, values: Values): Run<Expr> =>
  executor => {
    const inside = below(landmark, isLandmark)
    const suspects = postorder([landmark]).filter(node => inside.has(node) && !isLandmark(node) && makes(node))
    return pipe(
      spoiltOf(suspects, values)(executor),
      TE.map(spoilt => suspects.find(node => spoilt.has(node)) ?? landmark),
    )
  }

/** The first operation that spoils one of `roots`, if one is spoilt. */
const firstOperation =
  (roots: readonly Expr[], order: readonly Expr[], values: Values): Run<O.Option<Expr>> =>
  executor => {
    const landmarks = new Set([...order.filter(({ kind }) => kind === 'reduce'), ...roots])
    const isLandmark = (node: Expr): boolean => landmarks.has(node)
    return pipe(
      spoiltOf(order.filter(isLandmark), values)(executor),
      TE.chain(spoilt => {
        const root = roots.find(node => spoilt.has(node))
        if (root === undefined) return TE.right(O.none)
        return pipe(culprit(lowest(root, isLandmark, spoilt), isLandmark, values)(executor), TE.map(O.some))
      }),
    )
  }

/** The first operation on an input, which may have been moved about before. */
const firstReader = (order: readonly Expr[], given: Expr): Expr => {
  const moved = new Set([given])
  for (const node of order) {
    if (!operandsOf(node).some(operand => moved.has(operand))) continue
    if (makes(node)) return node
    moved.add(node)
  }
  return given
}

const nowhere: Place = { scopes: [], gradient: false }

/** A value that was given and is not finite. */
const givenNotFinite = (order: readonly Expr[], places: ReadonlyMap<Expr, Place>, values: Values) => {
  for (const [name, data] of values) {
    const at = data.findIndex(value => !Number.isFinite(value))
    if (at < 0) continue
    const node = order.find(other => other.kind === 'input' && other.name === name)
    const place = node === undefined ? nowhere : places.get(firstReader(order, node))!
    return O.some<NotFinite>({ operation: `input "${name}"`, place, shape: node?.shape ?? {}, from: [name], at })
  }
  return O.none
}

/**
 * The first value that is not finite under `roots`, given the values of all inputs; none if all are finite. It takes
 * two compilations of about the size of the graph's own, and is as exact as the executor that runs them.
 *
 * @example
 * ```ts
 * import { executors, input, log, scope } from 'functional-dino'
 * const { expr } = scope('loss')(log<'token'>)(input('x', { token: 2 }))
 * const found = await executors.firstNotFinite([expr], new Map([['x', Float32Array.of(1, 0)]]))(executors.reference)()
 * found._tag === 'Right' && found.right._tag === 'Some' && found.right.value.operation // => 'log'
 * ```
 */
export const firstNotFinite =
  (roots: readonly Expr[], values: Values): Run<O.Option<NotFinite>> =>
  executor => {
    const shared = share(roots)
    const order = postorder(shared)
    const places = placesOf(shared)
    const given = givenNotFinite(order, places, values)
    if (O.isSome(given)) return TE.right(given)
    return pipe(
      firstOperation(shared, order, values)(executor),
      TE.map(
        O.map(node => ({
          operation: showOperation(node),
          place: places.get(node)!,
          shape: node.shape,
          from: nearestInputs(node, shownInputs),
        })),
      ),
    )
  }

/**
 * The first value that is not finite in one step of a machine, on the way to some of its outputs or among what it is
 * given; none if all are finite.
 */
export const firstNotFiniteIn = <S extends object, I extends object, O extends object>(
  step: Step<S, I, O>,
  state: As<'dense', S>,
  input: As<'dense', I>,
  ends: (output: O) => readonly Scalar[],
): Run<O.Option<NotFinite>> => {
  const { output } = trace(step, state as As<'spec', S>, input as As<'spec', I>)
  const values = new Map([...namedValues('input', input as object), ...namedValues('state', state as object)])
  return firstNotFinite(
    ends(output).map(({ expr }) => expr),
    values,
  )
}
