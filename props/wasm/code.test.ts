// WebAssembly as data: what is folded while values are built is what the instructions give, loops hand on their
// counters and end where they should, and locals are told apart by identity, whatever they are called.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { printed } from '../../lib/backend/wasm/code/print.ts'
import {
  branch,
  type Code,
  giveBack,
  loopWhile,
  perform,
  repeat,
  set,
  unrolled,
  when,
} from '../../lib/backend/wasm/code/statement.ts'
import {
  above,
  below,
  equal,
  get,
  type I32,
  type Local,
  local,
  minus,
  plus,
  quotient,
  remainder,
  scaled,
  whole,
} from '../../lib/backend/wasm/code/value.ts'
import { openEngine } from '../../lib/backend/wasm/engine.ts'

import { sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

const engine = await expectRight(openEngine)

/** A function of whole numbers, assembled and ready to call. */
const compiled = (parameters: readonly Local<'i32'>[], body: Code): ((...given: readonly number[]) => number) => {
  const { text } = printed({
    name: 'tested',
    parameters,
    result: 'i32',
    body: [...body, perform('unreachable')],
  })
  const module = new WebAssembly.Module(engine.assemble(`(module ${text} (export "tested" (func $tested)))`))
  return new WebAssembly.Instance(module).exports.tested as (...given: readonly number[]) => number
}

/** A whole number as WebAssembly computes it, and as JavaScript does. */
interface Twice {
  readonly code: I32
  readonly value: number
}

const [x, y] = [local('i32', 'x'), local('i32', 'y')]

/** How values are made of two others, and of one and a number known now. */
const operations: readonly ((left: Twice, right: Twice, known: number) => Twice)[] = [
  (a, b) => ({ code: plus(a.code, b.code), value: (a.value + b.value) | 0 }),
  (a, b) => ({ code: minus(a.code, b.code), value: (a.value - b.value) | 0 }),
  (a, _, known) => ({ code: scaled(a.code, known), value: Math.imul(a.value, known) }),
  (a, _, known) => ({ code: plus(a.code, whole(known)), value: (a.value + known) | 0 }),
  (a, b) => ({ code: below(a.code, b.code), value: Number(a.value < b.value) }),
  (a, b) => ({ code: above(a.code, b.code), value: Number(a.value > b.value) }),
  (a, b) => ({ code: equal(a.code, b.code), value: Number(a.value === b.value) }),
  (a, _, known) => ({
    code: quotient(a.code, known * known + 1),
    value: Math.floor((a.value >>> 0) / (known * known + 1)) | 0,
  }),
  (a, _, known) => ({ code: remainder(a.code, known * known + 1), value: ((a.value >>> 0) % (known * known + 1)) | 0 }),
]

const steps = fc.array(fc.tuple(fc.nat(operations.length - 1), fc.nat(), fc.nat(), fc.integer({ min: -3, max: 3 })), {
  minLength: 1,
  maxLength: 20,
})
const numbers = fc.integer({ min: -100, max: 100 })

law(
  'values are what JavaScript makes of them, folded or not',
  fc.tuple(numbers, numbers, steps),
  ([first, second, drawn]) => {
    const known: Twice[] = [
      { code: get(x), value: first },
      { code: get(y), value: second },
      { code: whole(0), value: 0 },
      { code: whole(1), value: 1 },
      { code: whole(-7), value: -7 },
    ]
    for (const [operation, left, right, constant] of drawn)
      known.push(operations[operation](known[left % known.length], known[right % known.length], constant))
    const last = known[known.length - 1]
    return sameNumbers([compiled([x, y], [giveBack(last.code)])(first, second)], [last.value], 'value', {})
  },
)

law(
  'loops run their turns, and their counters are there afterwards',
  fc.record({
    from: numbers,
    to: numbers,
    step: fc.integer({ min: 1, max: 9 }),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  ({ from, to, step, count }) => {
    const [at, total] = [local('i32', 'at'), local('i32', 'total')]
    const add = (value: I32) => set(total, plus(get(total), value))
    const loop = [
      set(at, get(x)),
      loopWhile(at, get(y), step, () => repeat('turn', count, turn => [add(get(at)), add(turn)])),
    ]
    const counters: number[] = []
    let next = from
    for (; next < to; next += step) counters.push(next)
    const sum = counters.reduce((sum, value) => sum + count * value + (count * (count - 1)) / 2, 0)
    const ran = [get(total), get(at)].map(result => compiled([x, y], [...loop, giveBack(result)])(from, to))
    return sameNumbers(ran, [sum, Math.max(from, next)], 'sum and counter', {})
  },
)

example('a loop is left where its body goes to its end', () => {
  const at = local('i32', 'at')
  const search = loopWhile(at, get(x), 1, end => [branch(end, equal(get(at), get(y)))])
  const find = compiled([x, y], [search, giveBack(get(at))])
  assert.deepEqual([find(10, 4), find(10, 40), find(0, 0)], [4, 10, 0])
})

example('locals of one name are two, and one in several copies is one', () => {
  const [one, other] = [local('i32', 'same'), local('i32', 'same')]
  const copies = unrolled(3, turn => [set(other, plus(get(other), whole(turn)))])
  const code = [set(one, get(x)), ...copies, when(get(y), [giveBack(get(one))], [giveBack(get(other))])]
  const run = compiled([x, y], code)
  assert.deepEqual([run(7, 1), run(7, 0)], [7, 3])
  const { text } = printed({ name: 'f', parameters: [x, y], result: 'i32', body: code })
  assert.equal(text.match(/\(local \$/g)?.length, 2)
})
