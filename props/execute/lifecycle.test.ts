// What every executor keeps, whatever it computes on: what it is given is checked, runs do not disturb each other or
// state, and after a failure or after closing there is an error and no value.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkGraph } from '../../lib/compile/checked.ts'
import { executorOf } from '../../lib/execute/backend.ts'
import type { Resident } from '../../lib/execute/executor.ts'
import { type compiler, type Executor, executors, type RunError, showRunError } from '../../lib/index.ts'
import { constant, input, map, reduce } from '../../lib/language/expression.ts'
import { everywhere, withOpened } from '../golden/every-executor.ts'
import { sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

const state = input('state', { place: 2 })
const given = input('given', { place: 2 })

/** The state grows by what is given; the output is a sine of that. */
const growing: compiler.Graph = {
  outputs: { state: map('add', state, given), wave: map('sin', given) },
  carried: { state: { place: 2 } },
}

const values = (entries: Readonly<Record<string, readonly number[]>>): executors.Values =>
  new Map(Object.entries(entries).map(([name, numbers]) => [name, Float32Array.from(numbers)]))

const errorOf = async <A>(result: TE.TaskEither<RunError, A>): Promise<RunError> => {
  const either = await result()
  if (E.isRight(either)) assert.fail('there is no error')
  return either.left
}

for (const [name, open] of Object.entries(everywhere)) {
  example(`${name}: a run takes no state that it is handed as an input`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      await expectRight(loaded.write(values({ state: [1, 2] })))
      await expectRight(loaded.run(values({ given: [1, 1], state: [100, 100] })))
      await expectRight(loaded.run(values({ given: [1, 1], state: [100] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [3, 4])
    }),
  )

  example(`${name}: runs that are begun together do not disturb each other`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      await expectRight(loaded.write(values({ state: [0, 0] })))
      const runs = [1, 2, 3].map(x => expectRight(loaded.run(values({ given: [x, x] }))))
      const waves = (await Promise.all(runs)).map(run => run.get('wave')![0])
      waves.forEach((wave, at) => assert.ok(Math.abs(wave - Math.sin(at + 1)) < 1e-6))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [6, 6])
    }),
  )

  example(`${name}: state that no run reads is what was written, then what a run left`, () =>
    withOpened(open, async executor => {
      const forgetful: compiler.Graph = {
        outputs: { state: map('add', map('mul', constant(0), state), given) },
        carried: { state: { place: 2 } },
      }
      const loaded = await expectRight(executor.load(forgetful))
      await expectRight(loaded.write(values({ state: [5, 6] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [5, 6])
      await expectRight(loaded.run(values({ given: [7, 8] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [7, 8])
    }),
  )

  example(`${name}: graphs that contradict themselves are errors that say where`, () =>
    withOpened(open, async executor => {
      const told = async (graph: compiler.Graph): Promise<string> => showRunError(await errorOf(executor.load(graph)))
      const grown: compiler.Graph = { outputs: { state: reduce('sum', ['place'], state) }, carried: growing.carried }
      assert.match(await told(grown), /state state: expected place 2, came scalar/)
      const lost: compiler.Graph = { outputs: {}, carried: growing.carried }
      assert.match(await told(lost), /state state: expected an output of that name, came none/)
      const [wide, other] = [input('x', { row: 2, column: 3 }), input('x', { column: 3, row: 2 })]
      const twice: compiler.Graph = { outputs: { y: map('add', wide, other) }, carried: {} }
      assert.match(await told(twice), /input x: expected row 2, column 3, came column 3, row 2/)
    }),
  )

  example(`${name}: what is missing or of a wrong length is named`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      assert.equal((await errorOf(loaded.run(values({ given: [1, 1] })))).kind, 'missing input')
      assert.equal((await errorOf(loaded.write(values({ state: [1] })))).kind, 'wrong length')
      await expectRight(loaded.write(values({ state: [1, 1] })))
      assert.equal((await errorOf(loaded.run(values({})))).kind, 'missing input')
      assert.equal((await errorOf(loaded.run(values({ given: [1, 1, 1] })))).kind, 'wrong length')
      await expectRight(loaded.run(values({ given: [1, 1] })))
    }),
  )

  if (name !== 'reference')
    example(`${name}: a closed executor refuses everything`, async () => {
      const executor = await expectRight(open)
      const loaded = await expectRight(executor.load(growing))
      await expectRight(loaded.write(values({ state: [1, 1] })))
      await executor.close()
      const attempts = [
        executor.load(growing),
        loaded.write(values({ state: [1, 1] })),
        loaded.run(values({ given: [1, 1] })),
        loaded.read(['state']),
      ]
      for (const attempt of attempts) assert.match(showRunError(await errorOf<unknown>(attempt)), /it was closed/)
    })
}

/**
 * A device of which nothing is computed: runs and writes end as the queue says, and well where it says nothing.
 */
const scripted = (endings: (RunError | undefined)[]): Executor =>
  executorOf({
    name: 'scripted',
    precision: 'float32',
    arithmetic: 'none',
    description: 'a device for tests',
    prepare: graph =>
      E.map(() =>
        TE.right<RunError, Resident>({
          holds: () => true,
          write: () => async () => {
            const ending = endings.shift()
            return ending === undefined ? E.right(undefined) : E.left(ending)
          },
          run: inputs => async () => {
            const ending = endings.shift()
            return ending === undefined ? E.right(inputs) : E.left(ending)
          },
          read: names => TE.right(new Map(names.map(name => [name, Float32Array.of(0, 0)]))),
        }),
      )(checkGraph(graph)),
    close: async () => undefined,
  })

const lost: RunError = { kind: 'device lost', executor: 'scripted', reason: 'it was unplugged' }

example('after a run that failed there is no state to read and nothing runs, but for other programs', async () => {
  const endings: (RunError | undefined)[] = []
  const executor = scripted(endings)
  const [loaded, other] = [await expectRight(executor.load(growing)), await expectRight(executor.load(growing))]
  for (const one of [loaded, other]) await expectRight(one.write(values({ state: [1, 1] })))
  await expectRight(loaded.read(['state']))
  endings.push(lost)
  for (const attempt of [loaded.run(values({ given: [1, 1] })), loaded.read(['state']), loaded.write(new Map())])
    assert.deepEqual(await errorOf<unknown>(attempt), lost)
  await expectRight(other.run(values({ given: [1, 1] })))
})

example('a call whose turn comes after closing is refused', async () => {
  const executor = scripted([])
  const loaded = await expectRight(executor.load(growing))
  await expectRight(loaded.write(values({ state: [1, 1] })))
  const begun = [loaded.run(values({ given: [1, 1] }))(), loaded.run(values({ given: [1, 1] }))()]
  await executor.close()
  for (const run of begun) assert.match(showRunError(await errorOf(() => run)), /it was closed/)
})

/** Calls, and what each must give: a value, or an error of this kind. */
const calls = {
  write: (loaded: executors.Loaded) => loaded.write(values({ state: [1, 1] })),
  'write and lose the device': (loaded: executors.Loaded) => loaded.write(values({ state: [1, 1] })),
  'write too little': (loaded: executors.Loaded) => loaded.write(values({ state: [1] })),
  run: (loaded: executors.Loaded) => loaded.run(values({ given: [1, 1] })),
  'run without input': (loaded: executors.Loaded) => loaded.run(values({})),
  'run and lose the device': (loaded: executors.Loaded) => loaded.run(values({ given: [1, 1] })),
  read: (loaded: executors.Loaded) => loaded.read(['state']),
} satisfies Record<string, (loaded: executors.Loaded) => TE.TaskEither<RunError, unknown>>

type Call = keyof typeof calls | 'close'

/** What calls must give, one after the other: a value, or an error of some kind. */
const foretold = (sequence: readonly Call[]): readonly string[] => {
  let ended: string | undefined
  let written = false
  const step = (call: Call): string => {
    if (call === 'close') ended = 'failed'
    if (call === 'close') return 'value'
    if (ended !== undefined) return ended
    if (call === 'write too little') return 'wrong length'
    if (call === 'write and lose the device') {
      ended = 'device lost'
      return ended
    }
    if (call === 'write') written = true
    if (call === 'read' || call === 'write') return 'value'
    if (!written || call === 'run without input') return 'missing input'
    if (call === 'run and lose the device') ended = 'device lost'
    return ended ?? 'value'
  }
  return sequence.map(step)
}

const sequences = fc.array(fc.constantFrom<Call>(...(Object.keys(calls) as (keyof typeof calls)[]), 'close'), {
  maxLength: 12,
})

law('any calls give what the life of the program foretells', sequences, async sequence => {
  const endings: (RunError | undefined)[] = []
  const executor = scripted(endings)
  const loaded = await expectRight(executor.load(growing))
  const found: string[] = []
  for (const call of sequence) {
    endings.splice(0, endings.length, ...(call.endsWith('lose the device') ? [lost] : []))
    if (call === 'close') await executor.close()
    const result = call === 'close' ? E.right(undefined) : await calls[call](loaded)()
    found.push(E.isLeft(result) ? result.left.kind : 'value')
  }
  return sameData('results', found, foretold(sequence))
})

/** WebGPU in Node loads drivers, which a test of its own asks for. */
const quiet = executors.executorNames.filter(name => name !== 'gpu:webgpu')

example(
  'every executor of the registry checks graphs and values, and refuses both once it is closed',
  async context => {
    const tried: string[] = []
    for (const name of quiet) {
      const opened = await executors.openExecutor(name)()
      if (E.isLeft(opened)) continue
      tried.push(name)
      const executor = opened.right
      assert.equal((await errorOf(executor.load({ outputs: {}, carried: growing.carried }))).kind, 'ill-sized')
      const loaded = await expectRight(executor.load(growing))
      assert.equal((await errorOf(loaded.run(values({ given: [1, 1] })))).kind, 'missing input')
      assert.equal((await errorOf(loaded.write(values({ state: [1] })))).kind, 'wrong length')
      await executor.close()
      if (name !== 'reference') assert.match(showRunError(await errorOf(loaded.write(new Map()))), /it was closed/)
    }
    context.diagnostic(tried.join(', '))
    for (const name of ['wasm', 'reference', 'gpu:webasm', 'gpu:cpu']) assert.ok(tried.includes(name), name)
  },
)

example('wasm says which numbers of threads there are', async () => {
  for (const threads of [0, -1, 1.5, Number.NaN])
    assert.match(showRunError(await errorOf(executors.wasm({ threads }))), /whole number of at least 1.*came/)
})
