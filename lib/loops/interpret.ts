// The meaning of a kernel: an interpreter, one element at a time in float64. It is slow and plain, and stands between
// the reference evaluator, which knows no kernels, and the code generators, which know no expressions. As an algebra of
// the fold it makes of each part a function of a turn of the loops, which keeps every value under its name.
//
//   v2 = mul(v0, v1)        becomes        turn => turn.values.set('v2', turn.values.get('v0') * turn.values.get('v1'))

import { scalars } from '../language/scalar.ts'
import { type Algebra, byAddress, type Computed, foldKernel } from './fold.ts'
import { type Loop, outputLoops } from './kernel.ts'

/** A turn of the loops: their counters, the inputs, and what was computed so far. */
interface Turn {
  readonly counters: readonly number[]
  readonly memory: readonly ArrayLike<number>[]
  readonly values: Map<string, number>
}

type Reader = (turn: Turn) => number
type Action = (turn: Turn) => void

/** Calls `visit` with every position in loops, after the counters of the loops around them. */
const everyTurn = (
  [loop, ...inner]: readonly Loop[],
  around: readonly number[],
  visit: (counters: readonly number[]) => void,
): void => {
  if (loop === undefined) visit(around)
  else for (let turn = 0; turn < loop.size; turn += 1) everyTurn(inner, [...around, turn], visit)
}

const kept = (name: string, compute: Reader): Computed<Action, Reader> => ({
  code: turn => {
    turn.values.set(name, compute(turn))
  },
  value: turn => turn.values.get(name)!,
})

/** The name of what a reduction has accumulated. */
const total = 'accumulated'

const meaning: Algebra<Reader, Reader, Action, (memory: Turn['memory'], output: Float64Array) => void> = {
  counter: loop => turn => turn.counters[loop],
  division: (kind, of, by) => turn => {
    const whole = Math.floor(of(turn) / by)
    return kind === 'quotient' ? whole : of(turn) - by * whole
  },
  sum: (constant, terms) => turn => terms.reduce((index, { factor, atom }) => index + factor * atom(turn), constant),
  addressing: byAddress,
  load: (name, input, [at]) => kept(name, turn => turn.memory[input][at(turn)]),
  literal: (name, value) => kept(name, () => value),
  ramp: kept,
  apply: (name, operation, operands) =>
    kept(name, turn => {
      const [x, y, w] = operands.map(operand => operand(turn))
      return scalars[operation].value(x, y, w)
    }),
  inside: (name, index, size, { code, value }) =>
    kept(name, turn => {
      if (index(turn) < 0 || index(turn) >= size) return 0
      code(turn)
      return value(turn)
    }),
  accumulated: name => kept(name, ({ values }) => values.get(total)!),
  sequence: actions => turn => {
    for (const action of actions) action(turn)
  },
  reduction:
    (operation, loops, { code, value }) =>
    ({ counters: around, memory, values }) => {
      values.set(total, operation === 'max' ? Number.NEGATIVE_INFINITY : 0)
      everyTurn(loops, around, counters => {
        const turn = { counters, memory, values }
        code(turn)
        const before = values.get(total)!
        values.set(total, operation === 'sum' ? before + value(turn) : Math.max(before, value(turn)))
      })
    },
  kernel:
    (kernel, reduction, { code, value }) =>
    (memory, output) => {
      let next = 0
      everyTurn(outputLoops(kernel), [], counters => {
        const turn = { counters, memory, values: new Map() }
        reduction?.(turn)
        code(turn)
        output[next] = value(turn)
        next += 1
      })
    },
}

/**
 * Runs one kernel on its input buffers; each element is written as soon as it is computed, so the output may be an
 * input.
 */
export const runKernel = foldKernel(meaning)
