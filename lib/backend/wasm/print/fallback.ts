// From a kernel that has no nest to a function that computes one element at a time: whole-number arithmetic for every
// index, one float in all lanes for every value, a branch for every padding. It handles every kernel and is slow; the
// kernels of a network hardly ever need it. It is an algebra of the fold over kernels: an index becomes a whole number,
// a value a vector, a block code.
//
//   v2 = if 0 <= i0 / 2 < 3, else 0: ...        becomes  (if (i32.lt_u (i32.div_u (local.get $c0) ...) ...) (then ...))

import { counter, flatten } from '../../../loops/affine.ts'
import { type Algebra, byAddress, type Computed, foldKernel } from '../../../loops/fold.ts'
import { foldIndex, type IndexAlgebra } from '../../../loops/indices.ts'
import { type Kernel, outputLoops, reducedLoops } from '../../../loops/kernel.ts'
import { product } from '../../../numeric/whole-numbers.ts'
import { loadSplat, storeLane } from '../code/load-store.ts'
import { type Code, loopWhile, set, when } from '../code/statement.ts'
import {
  belowUnsigned,
  bytesPerFloat,
  get,
  type I32,
  type Local,
  local,
  plus,
  quotient,
  remainder,
  scaled,
  type V128,
  whole,
} from '../code/value.ts'
import { type Arithmetic, splat, spread, toFloat } from '../code/vector.ts'
import { combine, startOf } from '../frame/accumulate.ts'
import { everyTurn, type Frame, frameWith, functionIn } from '../frame/frame.ts'
import type { Written } from '../frame/kernel-function.ts'
import { spellings } from '../frame/vector-spelling.ts'

const indicesIn = ({ counters }: Frame): IndexAlgebra<I32> => ({
  counter: loop => get(counters[loop]),
  division: (kind, of, by) => (kind === 'quotient' ? quotient : remainder)(of, by),
  sum: (constant, terms) =>
    terms.reduce((total, { factor, atom }) => plus(total, scaled(atom, factor)), whole(constant)),
})

/** A value in a local of its own. */
const kept = (name: string, value: V128, before: Code = []): Computed<Code, V128> => {
  const own = local('v128', name)
  return { code: [...before, set(own, value)], value: get(own) }
}

const algebraIn = (frame: Frame, accumulated: Local<'v128'>): Algebra<I32, V128, Code, Code> => ({
  ...indicesIn(frame),
  addressing: byAddress,
  load: (name, input, [address]) => kept(name, loadSplat(plus(frame.inputs[input], scaled(address, bytesPerFloat)))),
  literal: (_, value) => ({ code: [], value: splat(value) }),
  ramp: (name, index) => kept(name, spread(toFloat(index))),
  apply: (name, operation, [x, y, w]) => {
    const temporary = (hint: string): Local<'v128'> => local('v128', `${name}_${hint}`)
    const { before, value } = spellings[operation](frame.arithmetic, temporary, x, y, w)
    return kept(name, value, before)
  },
  inside: (name, index, size, { code, value }) => {
    const own = local('v128', name)
    const inner = when(belowUnsigned(index, whole(size)), [...code, set(own, value)])
    return { code: [set(own, splat(0)), inner], value: get(own) }
  },
  accumulated: () => ({ code: [], value: get(accumulated) }),
  sequence: pieces => pieces.flat(),
  reduction: (operation, loops, { code, value }) => [
    set(accumulated, startOf(operation)),
    ...everyTurn(
      frame,
      loops.map(({ number, size }) => [number, size]),
      [...code, set(accumulated, combine(operation)(get(accumulated), value))],
    ),
  ],
  kernel: ({ loops }, reduction = [], { code, value }) => {
    const address = flatten(
      loops,
      loops.map((size, loop) => counter(loop, size)),
    )
    const at = plus(frame.output, scaled(foldIndex(indicesIn(frame))(address), bytesPerFloat))
    return [...reduction, ...code, ...storeLane(at, value, 0)]
  },
})

/**
 * Sets the counters of the output loops to those of an element: the innermost loop's are what is left of its number.
 */
const setCounters = ({ counters }: Frame, kernel: Kernel, element: I32): Code => {
  const rest = local('i32', 'rest')
  const each = [...outputLoops(kernel)]
    .reverse()
    .flatMap(({ number, size }) => [
      set(counters[number], remainder(get(rest), size)),
      set(rest, quotient(get(rest), size)),
    ])
  return [set(rest, element), ...each]
}

/** A kernel as a function over its elements in order. */
export const fallback = (name: string, kernel: Kernel, arithmetic: Arithmetic): Written => {
  const { inputs, loops } = kernel
  const frame = frameWith(inputs.length, loops.length + reducedLoops(kernel).length, arithmetic)
  const compute = foldKernel(algebraIn(frame, local('v128', 'accumulated')))(kernel)
  const element = local('i32', 'element')
  const body = [
    set(element, frame.from),
    loopWhile(element, frame.to, 1, () => [...setCounters(frame, kernel, get(element)), ...compute]),
  ]
  return {
    function: functionIn(frame, name, body),
    units: product(loops),
    unitLoop: 0,
    unitSize: 1,
  }
}
