// Stages: between two meetings of all threads no strand reads what another writes, whatever sizes the steps of a strand
// have, and the parts of a stage cover every element, however many parts there are.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { assemble } from '../../lib/backend/wasm/assemble.ts'
import { openEngine } from '../../lib/backend/wasm/engine.ts'
import { addressOf } from '../../lib/backend/wasm/memory-map.ts'
import { openPool } from '../../lib/backend/wasm/pool.ts'
import { functionsOf } from '../../lib/backend/wasm/print/template-choice.ts'
import { runHere } from '../../lib/backend/wasm/runner.ts'
import { cacheLine, chunksOf } from '../../lib/backend/wasm/sharing.ts'
import { type Stage, stagesOf } from '../../lib/backend/wasm/stages.ts'
import { bufferLength } from '../../lib/compile/program.ts'
import { type compiler, executors } from '../../lib/index.ts'
import { constant, type Expr, input, map, merge, reduce, split } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'

import { holds } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { executed } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { programOf } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const stagesIn = (program: compiler.Program): readonly Stage[] =>
  stagesOf(
    program,
    program.kernels.map((kernel, at) => functionsOf(`kernel${at}`, kernel, { fused: true })),
  )

/** Steps that read what another strand of their stage writes. */
const crossing = ({ steps }: compiler.Program, stages: readonly Stage[]): readonly number[] =>
  stages.flatMap(stage => {
    const writer = new Map(
      stage.flatMap(({ steps: own }, strand) => own.map(({ step }) => [steps[step].output, strand])),
    )
    return stage.flatMap(({ steps: own }, strand) =>
      own
        .map(({ step }) => step)
        .filter(step => steps[step].inputs.some(buffer => (writer.get(buffer) ?? strand) !== strand)),
    )
  })

/** Steps in the order in which one thread runs them. */
const ordered = (stages: readonly Stage[]): readonly number[] =>
  stages.flatMap(stage => stage.flatMap(({ steps }) => steps.map(({ step }) => step)))

/**
 * Two reductions, their sum, and a reduction of that whose rows are others: strands that meet, and units that share
 * divisors.
 */
const meeting = ({ rows, columns, terms, width }: Record<'rows' | 'columns' | 'terms' | 'width', number>) => {
  const x = input('x', { row: rows, term: terms, column: columns })
  const [left, right] = (['sin', 'cos'] as const).map(f => reduce('sum', ['term'], map(f, x)))
  const sum = map('add', left, right)
  const flat = split('place', { group: (rows * columns) / width, of: width }, merge(['row', 'column'], 'place', sum))
  return [left, right, sum, reduce('max', ['of'], flat)]
}

const sizes = fc
  .record({
    rows: fc.constantFrom(9, 16, 18, 24, 27, 32, 36),
    columns: fc.constantFrom(1, 2, 3, 4, 6, 8),
    terms: fc.constantFrom(1, 5, 200),
    width: fc.constantFrom(1, 2, 3, 4, 6, 8),
  })
  .filter(({ rows, columns, width }) => (rows * columns) % width === 0)

const independent = (roots: readonly Expr[]) => {
  const program = programOf(roots, executors.wasmCompile)
  const stages = stagesIn(program)
  const found = ordered(stages)
  return [
    holds('no strand reads another', crossing(program, stages).length === 0),
    holds('every step once', new Set(found).size === program.steps.length && found.length === program.steps.length),
  ]
}

law('no strand of a stage reads what another writes: steps that meet', sizes, drawn => independent(meeting(drawn)))

law('no strand of a stage reads what another writes: random graphs', graphs('real'), ({ roots }) => independent(roots))

example('strands that meet give the same bits on any number of threads', async () => {
  const roots = meeting({ rows: 18, columns: 6, terms: 2000, width: 4 })
  const opened = await Promise.all(([1, 2, 3] as const).map(threads => expectRight(executors.wasm({ threads }))))
  for (let turn = 0; turn < 10; turn += 1) {
    const sample = { roots, bindings: new Map([['x', normals(keyOf(turn), 18 * 6 * 2000)]]) }
    const [first, ...others] = await Promise.all(opened.map(executor => executed(executor, sample)))
    for (const other of others) assert.deepEqual(other, first)
  }
  for (const executor of opened) await executor.close()
})

/**
 * A thread that runs a program of two stages by itself, while another seems to have begun the last part of the first
 * stage and never to end it. What lies where is said in `sharing.ts`: parts done, then the stage in which each part was
 * last taken.
 */
const lonelyThread = async () => {
  const engine = await expectRight(openEngine)
  const x = input('x', { row: 64, column: 8 })
  const across = reduce('sum', ['row'], map('exp', x))
  const program = programOf([map('add', x, across)], executors.wasmCompile)
  const assembled = assemble(engine, { threads: 2, fused: false, apart: false }, program)
  const { pages, plan, memory: layout } = assembled
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const [words, parts] = [new Int32Array(memory.buffer), chunksOf(layout.sharing)]
  const taken = (part: number): number => (cacheLine * (1 + part)) / words.BYTES_PER_ELEMENT
  const values = (buffer: number): Float32Array => {
    const start = addressOf(plan, layout, buffer) / Float32Array.BYTES_PER_ELEMENT
    return new Float32Array(memory.buffer).subarray(start, start + bufferLength(program.buffers[buffer]))
  }
  values(program.inputs.x).set(Float32Array.from(normals(keyOf(3), 64 * 8)))
  Atomics.store(words, taken(parts - 1), 1)
  return { assembled, program, memory, words, parts, values }
}

example('no thread goes on to the next stage before every part of this one is done', async () => {
  const { assembled, program, memory, words, values } = await lonelyThread()
  assert.ok(assembled.stages.length > 2, 'two stages, and the copies')
  const pool = await openPool(1)
  let ended = false
  const run = pool.run(pool.load(assembled.module, memory), ['run'], 0).then(() => {
    ended = true
  })
  /** Either the thread ends, or it sleeps until the missing part is done: then it can be woken, and sleeps again. */
  while (!ended && Atomics.notify(words, 0) === 0) await new Promise(setImmediate)
  assert.ok(!ended, 'the run ended without the missing part')
  const { output: between } = program.steps[0]
  values(between).fill(5)
  Atomics.add(words, 0, 1)
  Atomics.notify(words, 0)
  await run
  await pool.close()
  const expected = values(program.inputs.x).map(value => Math.fround(value + 5))
  assert.deepEqual(values(program.outputs[0]), expected)
})

example('as many parts as nobody has threads for still cover every element', async () => {
  const engine = await expectRight(openEngine)
  const count = 2 ** 20 + 5
  const program = programOf([map('add', input('x', { place: count }), constant(1))], executors.wasmCompile)
  const assembled = assemble(engine, { threads: 4096, fused: false, apart: false }, program)
  const memory = new WebAssembly.Memory({ initial: assembled.pages, maximum: assembled.pages, shared: true })
  await runHere(assembled, memory).run(['run'])
  const start = addressOf(assembled.plan, assembled.memory, program.outputs[0]) / 4
  const written = new Float32Array(memory.buffer).subarray(start, start + count)
  assert.ok(written.every(value => value === 1))
})
