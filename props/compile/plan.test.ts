// Memory plans: a program computes the same in the memory that its plan gives it, over several runs, with
// state updated in place or copied, while everything that nobody needs any more is poisoned.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { interpret } from '../../lib/compile/interpret-program.ts'
import type { Life } from '../../lib/compile/lives.ts'
import type { MemoryPlan } from '../../lib/compile/memory-plan.ts'
import { bufferLength, type Step } from '../../lib/compile/program.ts'
import { compiler, type Executor, executors, showShapeError } from '../../lib/index.ts'
import { type Expr, input, map, pad, reduce, rename, slice } from '../../lib/language/expression.ts'
import { uniforms } from '../../lib/tree/random.ts'
import { type Comparison, excess, holds, sameData, sameNumbers, showFailure } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { planned } from '../support/memory.ts'
import { inputsOf, probeData } from '../support/probes.ts'
import { type Decisions, decisions, optionsOf } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'
import { type Stateful, stateful } from '../support/states.ts'

const runs = 3

const machines = fc.tuple(graphs('integer'), decisions)

const compiled = ({ graph }: Stateful, choice?: Decisions): compiler.Program => {
  const result = compiler.compile({ ...compiler.usualCompile, ...(choice === undefined ? {} : optionsOf(choice)) })(
    graph,
  )
  if (E.isLeft(result)) throw new Error(result.left.map(showShapeError).join('\n'))
  return result.right
}

/** The inputs of a run: each run sees others. */
const inputsAt = ({ inputs }: Stateful, run: number): executors.Values =>
  new Map([...inputs].map(([name, values]) => [name, run % 2 === 0 ? values : values.map(value => -value)]))

/** What the same program gives with a buffer for everything. */
const unplanned = (
  program: compiler.Program,
  state: ReadonlyMap<string, ArrayLike<number>>,
  inputs: executors.Values,
) => {
  const outputs = interpret(program, new Map([...state, ...inputs]))
  const next = new Map(program.carried.map(name => [name, outputs[name]]))
  return { outputs: new Map(Object.entries(outputs)), next: new Map([...state, ...next]) }
}

const compareAll = (
  label: string,
  expected: ReadonlyMap<string, ArrayLike<number>>,
  found: ReadonlyMap<string, ArrayLike<number>>,
): readonly Comparison[] =>
  [...found].map(([name, values]) => sameNumbers(values, expected.get(name)!, `${label} ${name}`))

/** Runs a machine in planned memory and beside it with a buffer for everything. */
const followed = (
  machine: Stateful,
  program: compiler.Program,
  times: readonly number[],
  backwards: boolean,
): readonly Comparison[] => {
  const inMemory = planned(program, compiler.planMemory(program, times), times, backwards)
  inMemory.write(machine.state)
  let state: ReadonlyMap<string, ArrayLike<number>> = machine.state
  return Array.from({ length: runs }, (_, run) => {
    const inputs = inputsAt(machine, run)
    const { outputs, next } = unplanned(program, state, inputs)
    state = next
    return [
      ...compareAll(`run ${run}, output`, outputs, inMemory.run(inputs)),
      ...compareAll(`run ${run}, state`, next, inMemory.read()),
    ]
  }).flat()
}

const oneByOne = (program: compiler.Program): readonly number[] => program.steps.map((_, at) => at)

law('a program computes the same in planned and poisoned memory', machines, ([sample, choice]) => {
  const machine = stateful(sample, choice.seed)
  const program = compiled(machine, choice)
  return followed(machine, program, oneByOne(program), false)
})

law('so does the program of the usual schedule', machines, ([sample, { seed }]) => {
  const machine = stateful(sample, seed)
  const program = compiled(machine)
  return followed(machine, program, oneByOne(program), false)
})

/** Times at which some steps share one; with `apart`, only steps that do not read each other. */
const sharedTimes = ({ steps }: compiler.Program, seed: number, apart: boolean): readonly number[] => {
  const draws = uniforms([seed, 3], steps.length)
  let time = 0
  let written = new Set<number>()
  return steps.map(({ inputs, output }, at) => {
    const depends = apart && inputs.some(buffer => written.has(buffer))
    if (depends || draws[at] < 0.2) {
      time += 1
      written = new Set()
    }
    written.add(output)
    return time
  })
}

law('steps of one time may run in either order where they do not read each other', machines, ([sample, choice]) => {
  const machine = stateful(sample, choice.seed)
  const program = compiled(machine, choice)
  return followed(machine, program, sharedTimes(program, choice.seed, true), true)
})

law('and in their own order where they do', machines, ([sample, choice]) => {
  const machine = stateful(sample, choice.seed)
  const program = compiled(machine, choice)
  return followed(machine, program, sharedTimes(program, choice.seed, false), false)
})

law(
  'outputs and state are those of the reference executor, run after run',
  machines,
  async ([sample, { seed }]) => {
    const machine = stateful(sample, seed)
    const program = compiled(machine)
    const loaded = await expectRight((executors.reference satisfies Executor).load(machine.graph))
    await expectRight(loaded.write(machine.state))
    const inMemory = planned(program, compiler.planMemory(program))
    inMemory.write(machine.state)
    const found: Comparison[] = []
    for (let run = 0; run < runs; run += 1) {
      const outputs = await expectRight(loaded.run(inputsAt(machine, run)))
      found.push(...compareAll(`run ${run}, output`, outputs, inMemory.run(inputsAt(machine, run))))
      found.push(...compareAll(`run ${run}, state`, await expectRight(loaded.read(program.carried)), inMemory.read()))
    }
    return found
  },
  'middling',
)

/**
 * From when to when each buffer must be there, from the steps alone: -1 is before the first, and what lasts ends after
 * the last.
 */
const needed = (
  { buffers, steps, inputs, outputs, constants }: compiler.Program,
  times: readonly number[],
): readonly Life[] => {
  const end = Math.max(-1, ...times) + 1
  const lasting = [...Object.values(inputs), ...Object.values(outputs), ...constants.map(({ buffer }) => buffer)]
  return buffers.map((_, buffer) => {
    const timesOf = (chosen: (step: Step) => boolean) => times.filter((__, at) => chosen(steps[at]))
    const [from = -1] = timesOf(({ output }) => output === buffer)
    const reads = timesOf(step => step.inputs.includes(buffer))
    return { from, to: lasting.includes(buffer) ? end : Math.max(from, ...reads) }
  })
}

/**
 * Pairs of buffers that share memory though both are needed, or though one is written while a step beside reads the
 * other.
 */
const clashes = (program: compiler.Program, { offsets }: MemoryPlan, lives: readonly Life[]): readonly string[] => {
  const all = [...program.buffers.keys()]
  const end = (buffer: number) => offsets[buffer] + bufferLength(program.buffers[buffer])
  const apart = (left: number, right: number) => end(left) <= offsets[right] || end(right) <= offsets[left]
  const isState = (left: number, right: number) =>
    program.carried.some(name => program.inputs[name] === left && program.outputs[name] === right)
  const inherits = (left: number, right: number) =>
    program.steps.some(({ inputs, output }) => output === right && inputs.includes(left))
  const allowed = (left: number, right: number) =>
    isState(left, right) ||
    lives[left].to < lives[right].from ||
    (lives[left].to === lives[right].from && inherits(left, right))
  return all.flatMap(left =>
    all
      .filter(right => left < right && !apart(left, right) && !allowed(left, right) && !allowed(right, left))
      .map(right => `${left} and ${right}`),
  )
}

law('buffers whose lives overlap never share a place', machines, ([sample, choice]) => {
  const program = compiled(stateful(sample, choice.seed), choice)
  const lasting = [...Object.values(program.inputs), ...Object.values(program.outputs)]
  return [oneByOne(program), sharedTimes(program, choice.seed, true)].flatMap(times => {
    const found = compiler.planMemory(program, times)
    const { offsets, lives, size, persistent, copies } = found
    const end = (buffer: number) => offsets[buffer] + bufferLength(program.buffers[buffer])
    return [
      sameData('lives', lives, needed(program, times)),
      sameData('clashes', clashes(program, found, needed(program, times)), []),
      holds(
        'inside',
        offsets.every((offset, buffer) => offset >= 0 && end(buffer) <= size),
      ),
      holds(
        'lasting',
        lasting.every(buffer => end(buffer) <= persistent),
      ),
      holds(
        'copies',
        copies.every(({ from, to }) => bufferLength(program.buffers[from]) === bufferLength(program.buffers[to])),
      ),
    ]
  })
})

example('a product is never written over a factor, which it reads again for other elements', () => {
  const x = input('x', { row: 4, term: 4 })
  const [first, second] = ['first', 'second'].map(name => input(name, { term: 4, column: 4 }))
  const product = reduce('sum', ['term'], map('mul', map('exp', x), first))
  const y = reduce('sum', ['term'], map('mul', rename({ column: 'term' }, product), second))
  const inputs = new Map(inputsOf([y]).map(({ name, shape }, at) => [name, probeData(shape, at)]))
  const machine: Stateful = { graph: { outputs: { y }, carried: {} }, state: new Map(), inputs }
  const program = compiled(machine)
  assert.equal(program.steps.length, 3)
  for (const comparison of followed(machine, program, oneByOne(program), false))
    assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
})

example('an element-wise update of state is made in place, any other is copied back', () => {
  const [a, b] = ['a', 'b'].map(name => input(name, { row: 4 }))
  const copiesOf = (next: Readonly<Record<string, Expr>>): number => {
    const program = compiled({
      graph: { outputs: next, carried: { a: a.shape, ...('b' in next ? { b: b.shape } : {}) } },
      state: new Map(),
      inputs: new Map(),
    })
    return compiler.planMemory(program).copies.length
  }
  assert.equal(copiesOf({ a: map('neg', a) }), 0)
  assert.equal(copiesOf({ a: map('add', map('mul', a, a), b) }), 0)
  assert.equal(copiesOf({ a }), 0)
  assert.equal(copiesOf({ a: map('add', a, b), b: map('neg', b) }), 0)
  assert.equal(copiesOf({ a: pad('row', 1, 0, slice('row', 0, 3, a)) }), 1)
  assert.equal(copiesOf({ a: b, b: a }), 1)
})
