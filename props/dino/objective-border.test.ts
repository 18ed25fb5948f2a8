// Whether the border of objectives holds what DINOv2 and DINOv3 add to DINO, without a change of the step: steps that
// train by the toys of `toy-objectives`, alone and together.

import assert from 'node:assert/strict'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { featureOf } from '../../dino/model/network.ts'
import type { Image } from '../../dino/model/vit.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import { type Assignment, centred } from '../../dino/objective/assignment.ts'
import { dino } from '../../dino/objective/dino.ts'
import type { Objective } from '../../dino/objective/objective.ts'
import { firstState } from '../../dino/step/state.ts'
import { trainStep } from '../../dino/step/step.ts'
import { dense, denseScalar, executors, machine, optimisers, random, run, trees } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { rowsOf } from '../support/tensors.ts'
import {
  beside,
  gram,
  headSizes,
  ibot,
  koleo,
  sinkhorn,
  sizes,
  student,
  type TwoHeaded,
  tree,
} from '../support/toy-objectives.ts'

const dinoWith = <S extends object, M extends string>(assignment: Assignment<'global' | 'batch', S, M>) =>
  dino({ assignment, studentTemperature: 0.1, pairing: 'other views', normLastLayer: true })

const view = (name: string, size: number) => random.normals(random.fold(random.keyOf(2), name), 2 * 3 * 3 * size * size)
const pixels = (size: number) => ({ batch: 3, colour: 3, row: size, column: size })
const batch = {
  global: dense({ global: 2, ...pixels(8) }, view('global', 8)),
  local: dense({ local: 2, ...pixels(4) }, view('local', 4)),
}

/** Nothing is decayed; a third of the teacher is new after each step. */
const usual = { learningRate: 0.05, weightDecay: 0, teacherMomentum: 2 / 3, teacherTemperature: 0.07, refresh: 0 }

const plainly = () => ({ learningRateFactor: 1, weightDecayFactor: 1, frozenFor: 0 })
const descend = optimisers.optimiser(optimisers.sgd(0))(tree, plainly)

/** Trains a step for each record of changes to what a step is usually told. */
const trained = async <S extends object, M extends string>(
  objective: Objective<TwoHeaded, S, keyof typeof usual, M>,
  changes: readonly Partial<typeof usual>[],
  rule: optimisers.Optimiser<TwoHeaded> = descend,
) => {
  const step = trainStep({ form: dinoForm, objective, optimiser: rule, clip: optimisers.clipTogether(1) })
  const start = firstState(student, objective, rule)
  const inputs = changes.map((change, done) => ({
    batch,
    scheduled: RR.map(denseScalar)({ ...usual, ...change }),
    clocks: rule.clocks(done),
  }))
  const running = await expectRight(machine(step, start, inputs[0])(executors.reference))
  const reports: Readonly<Record<string, number>>[] = []
  for (const input of inputs) {
    const output: object = await expectRight(running.step(input))
    reports.push(Object.fromEntries(trees.leavesOf<'dense'>(output).map(([name, { data }]) => [name, data[0]])))
  }
  return { reports, state: await expectRight(running.state) }
}

const unitRows = (data: ArrayLike<number>, width: number): readonly (readonly number[])[] =>
  rowsOf({ feature: width }, data).map(row => row.map(value => value / Math.hypot(...row)))

const distance = (x: readonly number[], y: readonly number[]): number =>
  Math.hypot(...x.map((value, at) => value - y[at]))

const numbersOf = (of: object): readonly number[] =>
  trees.leavesOf<'dense'>(of).flatMap(([, { data }]) => Array.from(data))

const moved = (after: object, before: object): boolean => {
  const old = numbersOf(before)
  return numbersOf(after).some((value, at) => value !== old[at])
}

example('Sinkhorn-Knopp in place of the centre: all prototypes have equal shares, and nothing is kept', async () => {
  const { reports, state } = await trained(dinoWith(sinkhorn(60)), [{}])
  const [{ meanEntropy, teacherEntropy }] = reports
  assert.ok(Math.abs(meanEntropy - Math.log(headSizes.prototypes)) < 1e-6, `the mean has entropy ${meanEntropy}`)
  assert.ok(teacherEntropy < meanEntropy - 0.1)
  assert.deepEqual(trees.leavesOf(state.objective), [])
  assert.ok(!('centreNorm' in reports[0]))
  const centre = await trained(dinoWith(centred(0.9, 'global', 'batch')), [{}])
  assert.ok(Math.abs(centre.reports[0].meanEntropy - Math.log(headSizes.prototypes)) > 1e-3)
})

example('KoLeo: the student alone is pushed apart, its heads stay as they are', async () => {
  const { reports, state } = await trained(koleo, [{}, {}, {}])
  assert.ok(reports[0].nearest < reports[1].nearest && reports[1].nearest < reports[2].nearest)
  const { feature } = await expectRight(
    run(({ parameters, image }: { readonly parameters: TwoHeaded; readonly image: Image<'global' | 'batch'> }) => ({
      feature: featureOf(parameters, dinoForm)(image),
    }))({ parameters: student, image: batch.global })(executors.reference),
  )
  const rows = unitRows(feature.data, sizes.features)
  const nearest = rows.map((row, at) =>
    Math.min(
      ...rows.flatMap((other, of) =>
        of !== at && Math.floor(of / 3) === Math.floor(at / 3) ? [distance(row, other)] : [],
      ),
    ),
  )
  const expected = -nearest.reduce((sum, value) => sum + Math.log(value + 1e-8), 0) / nearest.length
  assert.ok(Math.abs(reports[0].koleo - expected) < 1e-9)
  assert.equal(reports[0].loss, reports[0].koleo)
  assert.ok(moved(state.student.backbone, student.backbone))
  assert.ok(!moved([state.student.head, state.student.patchHead], [student.head, student.patchHead]))
})

example('iBOT: a head and a centre of patches beside those of images', async () => {
  const both = beside(dinoWith(centred(0.9, 'global', 'batch')), ibot)
  const { reports, state } = await trained(both, [{}])
  const [{ loss, dino: ofImages, ibot: ofPatches }] = reports
  assert.ok(ofImages > 0 && ofPatches > 0 && Math.abs(loss - ofImages - ofPatches) < 1e-12)
  assert.ok(moved(state.student.patchHead, student.patchHead) && moved(state.teacher.patchHead, student.patchHead))
  assert.ok(
    moved(state.objective.one, state.objective.other) && numbersOf(state.objective.other).some(value => value !== 0),
  )
})

example('Gram anchoring: a third network stays what the teacher was until it is told to follow', async () => {
  const anchored = beside(dinoWith(centred(0.9, 'global', 'batch')), gram)
  const { reports, state } = await trained(anchored, [{}, {}])
  assert.deepEqual([reports[0].gram, reports[1].gram > 0], [0, true])
  assert.ok(!moved(state.objective.other.third, { backbone: student.backbone }))
  const before = await trained(anchored, [{}])
  const after = await trained(anchored, [{}, { refresh: 1 }])
  assert.ok(!moved(after.state.objective.other.third.backbone, before.state.teacher.backbone))
})

for (const [name, rule] of Object.entries({
  adamw: optimisers.optimiser(optimisers.adamw())(tree, plainly),
  sgd: optimisers.optimiser(optimisers.sgd())(tree, plainly),
  lars: optimisers.optimiser(optimisers.lars())(tree, plainly),
}))
  example(`all four together, moved by ${name}: the loss is the sum of their terms, and falls`, async () => {
    const all = beside(beside(dinoWith(sinkhorn(3)), koleo), beside(ibot, gram))
    const change = { learningRate: name === 'lars' ? 2 : 0.01, teacherMomentum: 1 }
    const { reports, state } = await trained(all, [change, change, change, change, change, change], rule)
    for (const { loss, dino: ofImages, koleo: apart, ibot: ofPatches, gram: kept } of reports)
      assert.ok(Math.abs(loss - (ofImages + apart + ofPatches + kept)) < 1e-12)
    assert.ok(reports[5].loss < reports[0].loss, `${reports.map(({ loss }) => loss)}`)
    assert.deepEqual(Object.keys(state.optimiser), name === 'adamw' ? ['first', 'second'] : ['velocity'])
  })
