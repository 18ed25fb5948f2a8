// Check-ups in the course of a run: when they are done, what is told of them, and that training does not change by
// them.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { heldOutJudge, type Judge } from '../../dino/run/check-ups.ts'
import { train } from '../../dino/run/course.ts'
import { failure } from '../../dino/run/failure.ts'
import { initialState } from '../../dino/run/initial.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { executors } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { inMemory, keeping, tinyWith, valuesOf } from '../support/training.ts'

const configuration = tinyWith({ run: { healthEvery: 2, saveEvery: 3 } })

const trained = async (judge: Judge | undefined, healthEvery = 2, steps = 5) => {
  const { heard, watch } = keeping()
  const own = tinyWith({ run: { healthEvery, saveEvery: 3 } })
  const course = { configuration: own, steps, loader: directLoader(own, inMemory(12)), watch }
  const result = await train(judge === undefined ? course : { ...course, judge })(executors.reference)()
  return { heard, result: right(result) }
}

/** A judge that counts how often it is asked. */
const counting = () => {
  const asked: number[] = []
  const judge: Judge = ({ backbone }) => {
    asked.push(backbone.classToken.data[0])
    return TE.right({ knn: asked.length / 10, rank: asked.length })
  }
  return { asked, judge }
}

example('the teacher is judged before every second step, and with the state; never twice at one step', async () => {
  const { asked, judge } = counting()
  const { heard, result } = await trained(judge)
  assert.deepEqual(
    heard.reports.map(({ knn, rank }) => [knn, rank]),
    [
      [0.1, 1],
      [undefined, undefined],
      [0.2, 2],
      [undefined, undefined],
      [0.4, 4],
    ],
  )
  assert.equal(asked[0], initialState(configuration).teacher.backbone.classToken.data[0])
  assert.deepEqual(
    heard.progress.map(({ step, knn }) => [step, knn]),
    [[3, 0.3]],
  )
  assert.deepEqual([result.step, result.knn], [5, 0.5])
})

example('the move of a step is the length of its way, in parts of that of the student before it', async () => {
  const { heard } = await trained(counting().judge)
  const studentAfter = async (until: number): Promise<readonly number[]> => {
    const course = { configuration, steps: 5, loader: directLoader(configuration, inMemory(12)) }
    const { state } = right(await train({ ...course, watch: keeping(until).watch })(executors.reference)())
    return valuesOf(state.student).flatMap(([, values]) => values)
  }
  const [before, after] = [await studentAfter(2), await studentAfter(3)]
  const way = Math.hypot(...after.map((value, at) => value - before[at])) / Math.hypot(...before)
  const moves = heard.reports.map(({ relativeMove }) => relativeMove)
  assert.deepEqual(
    moves.map(move => move !== undefined),
    [true, false, true, false, true],
  )
  assert.ok(way > 0 && Math.abs(moves[2]! / way - 1) < 1e-9, `${moves[2]}, and not ${way}`)
})

example('where every step is asked for, the state is not judged again', async () => {
  const { asked, judge } = counting()
  await trained(judge, 1, 4)
  assert.equal(asked.length, 5)
})

example('no check-up is done in a run shorter than their distance, or where none are asked for', async () => {
  for (const every of [0, 6]) {
    const { asked, judge } = counting()
    const { heard, result } = await trained(judge, every)
    assert.deepEqual(asked, [])
    assert.ok(
      heard.reports.every(report => !('knn' in report) && !('rank' in report)),
      'a field too much',
    )
    assert.ok(!('knn' in result), 'a judged result')
  }
})

const heldOut = scenes({ seed: 2, count: 40, size: 8, part: 'test' })

example('a judge on held-out scenes tells k-NN and rank, and training is the same without it', async () => {
  const judged = await trained(heldOutJudge(configuration, TE.right(heldOut), executors.reference))
  const [{ knn, rank }] = judged.heard.reports
  assert.ok(knn !== undefined && knn >= 0 && knn <= 1, `${knn}`)
  assert.ok(rank !== undefined && rank >= 1 && rank <= 8, `${rank}`)
  assert.deepEqual(valuesOf(judged.result.state), valuesOf((await trained(undefined)).result.state))
})

example('without classes there is a rank, and no k-NN', async () => {
  const { heard } = await trained(heldOutJudge(configuration, TE.right(inMemory(30)), executors.reference))
  assert.ok(!('knn' in heard.reports[0]) && heard.reports[0].rank !== undefined)
})

example('pictures that cannot be read are told once, and the run goes on without check-ups', async () => {
  const { heard, result } = await trained(
    heldOutJudge(configuration, TE.right(inMemory(3, [0, 1, 2])), executors.reference),
  )
  assert.equal(result.step, 5)
  assert.deepEqual(
    heard.skipped.map(({ kind }) => kind),
    ['nothing readable'],
  )
})

example('an executor that fails in a check-up ends the run with its error', async () => {
  const lost = failure('run')({ kind: 'failed', executor: 'wasm', reason: 'lost' })
  const { watch } = keeping()
  const loader = directLoader(configuration, inMemory(12))
  const course = { configuration, steps: 4, loader, watch, judge: () => TE.left(lost) }
  assert.deepEqual(await train(course)(executors.reference)(), E.left(lost))
})
