// What every executor keeps, whatever it computes on: what it is given is checked, runs do not disturb each other or state, and
// after a failure or after closing there is an error and no value.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { guarded, type Trusting } from '../../lib/execute/guarded.ts'
import { type Graph, type RunError, showRunError, type Values, wasm } from '../../lib/index.ts'
import { constant, input, map, reduce } from '../../lib/language/expression.ts'
import { everywhere, expectRight, withOpened } from '../golden/executors.ts'

const state = input('state', { place: 2 })
const given = input('given', { place: 2 })

/** The state grows by what is given; the output is a sine of that. */
const growing: Graph = {
  outputs: { state: map('add', state, given), wave: map('sin', given) },
  carried: { state: { place: 2 } },
}

const values = (entries: Readonly<Record<string, readonly number[]>>): Values =>
  new Map(Object.entries(entries).map(([name, numbers]) => [name, Float32Array.from(numbers)]))

const errorOf = async <A>(result: TE.TaskEither<RunError, A>): Promise<RunError> => {
  const either = await result()
  if (E.isRight(either)) assert.fail('there is no error')
  return either.left
}

for (const [name, open] of Object.entries(everywhere)) {
  test(`${name}: a run takes no state that it is handed as an input`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      await expectRight(loaded.write(values({ state: [1, 2] })))
      await expectRight(loaded.run(values({ given: [1, 1], state: [100, 100] })))
      await expectRight(loaded.run(values({ given: [1, 1], state: [100] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [3, 4])
    }))

  test(`${name}: runs that are begun together do not disturb each other`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      await expectRight(loaded.write(values({ state: [0, 0] })))
      const runs = [1, 2, 3].map(x => expectRight(loaded.run(values({ given: [x, x] }))))
      const waves = (await Promise.all(runs)).map(run => run.get('wave')![0])
      waves.forEach((wave, at) => assert.ok(Math.abs(wave - Math.sin(at + 1)) < 1e-6))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [6, 6])
    }))

  test(`${name}: state that no run reads is what was written, then what a run left`, () =>
    withOpened(open, async executor => {
      const forgetful: Graph = {
        outputs: { state: map('add', map('mul', constant(0), state), given) },
        carried: { state: { place: 2 } },
      }
      const loaded = await expectRight(executor.load(forgetful))
      await expectRight(loaded.write(values({ state: [5, 6] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [5, 6])
      await expectRight(loaded.run(values({ given: [7, 8] })))
      assert.deepEqual([...(await expectRight(loaded.read(['state']))).get('state')!], [7, 8])
    }))

  test(`${name}: graphs that contradict themselves are errors that say where`, () =>
    withOpened(open, async executor => {
      const told = async (graph: Graph): Promise<string> => showRunError(await errorOf(executor.load(graph)))
      const grown: Graph = { outputs: { state: reduce('sum', ['place'], state) }, carried: growing.carried }
      assert.match(await told(grown), /state state: expected place 2, came scalar/)
      const lost: Graph = { outputs: {}, carried: growing.carried }
      assert.match(await told(lost), /state state: expected an output of that name, came none/)
      const [wide, other] = [input('x', { row: 2, column: 3 }), input('x', { column: 3, row: 2 })]
      const twice: Graph = { outputs: { y: map('add', wide, other) }, carried: {} }
      assert.match(await told(twice), /input x: expected row 2, column 3, came column 3, row 2/)
    }))

  test(`${name}: what is missing or of a wrong length is named`, () =>
    withOpened(open, async executor => {
      const loaded = await expectRight(executor.load(growing))
      assert.equal((await errorOf(loaded.run(values({ given: [1, 1] })))).kind, 'missing input')
      assert.equal((await errorOf(loaded.write(values({ state: [1] })))).kind, 'wrong length')
      await expectRight(loaded.write(values({ state: [1, 1] })))
      assert.equal((await errorOf(loaded.run(values({})))).kind, 'missing input')
      assert.equal((await errorOf(loaded.run(values({ given: [1, 1, 1] })))).kind, 'wrong length')
      await expectRight(loaded.run(values({ given: [1, 1] })))
    }))

  if (name !== 'reference')
    test(`${name}: a closed executor refuses everything`, async () => {
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

test('after a run that failed there is no state to read and nothing runs', async () => {
  const reason: RunError = { kind: 'failed', executor: 'broken', reason: 'the disk is full' }
  const broken: Trusting = {
    holds: () => true,
    write: () => TE.right(undefined),
    run: () => TE.left(reason),
    read: () => TE.right(new Map()),
  }
  const loaded = guarded(growing)(broken)
  await expectRight(loaded.write(values({ state: [1, 1] })))
  await expectRight(loaded.read(['state']))
  for (const attempt of [loaded.run(values({ given: [1, 1] })), loaded.read(['state']), loaded.write(new Map())])
    assert.deepEqual(await errorOf<unknown>(attempt), reason)
})

test('wasm says which numbers of threads there are', async () => {
  for (const threads of [0, -1, 1.5, Number.NaN])
    assert.match(showRunError(await errorOf(wasm({ threads }))), /whole number of at least 1.*came/)
})
