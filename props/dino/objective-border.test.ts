// Whether the border of objectives holds what DINOv2 and DINOv3 add to DINO: steps of a small network with two heads
// that train by each objective, alone and together.

import assert from 'node:assert/strict'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { head } from '../../dino/model/head.ts'
import { network } from '../../dino/model/network.ts'
import { applyVit, type Image } from '../../dino/model/vit.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import { type Assignment, centred } from '../../dino/objective/assignment.ts'
import { dino } from '../../dino/objective/dino.ts'
import { gram } from '../../dino/objective/gram.ts'
import { ibot } from '../../dino/objective/ibot.ts'
import { koleo } from '../../dino/objective/koleo.ts'
import type { Objective } from '../../dino/objective/objective.ts'
import { sinkhorn } from '../../dino/objective/sinkhorn.ts'
import { type Part, part, together } from '../../dino/objective/together.ts'
import { firstState } from '../../dino/step/state.ts'
import { trainStep } from '../../dino/step/step.ts'
import {
  type As,
  array,
  dense,
  denseScalar,
  executors,
  initialisers,
  machine,
  optimisers,
  random,
  run,
  trees,
} from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { rowsOf } from '../support/tensors.ts'

const sizes = { imageSize: 8, patchSize: 4, features: 6, depth: 1, heads: 2, mlpRatio: 2, maskToken: true }
const headSizes = { hidden: 6, bottleneck: 4, prototypes: 5, layers: 2, deviation: 0.4 }

/** A network with a second head, which the step knows nothing of; initial weights let all parts show. */
const tree = {
  ...network({ backbone: sizes, head: headSizes, initialDeviation: 0.4 }),
  patchHead: initialisers.atDepth(2)(head({ ...headSizes, features: sizes.features })),
}

type TwoHeaded = As<'tensor', typeof tree>

const student = initialisers.initialise(random.keyOf(1))(tree)

/** Two of the four patches of each global view are hidden. */
const hidden = dense(
  { global: 2, batch: 3, token: 4 },
  Float32Array.from({ length: 24 }, (_, at) => (at % 4 === 0 || at % 4 === 3 ? 1 : 0)),
)

const patches = ibot({
  assignment: centred(0.9, 'global', 'batch', 'token'),
  studentTemperature: 0.1,
  normLastLayer: true,
})

type Told = 'teacherTemperature' | 'anchorRefresh'

/** DINO with others beside it, all of weight 1. */
const beside = <S extends object, M extends string>(
  own: Objective<TwoHeaded, S, Told, M>,
  others: Readonly<Record<string, Part<TwoHeaded, Told, string>>>,
) => together('dino', part(1, own), others)

const dinoWith = <S extends object, M extends string>(assignment: Assignment<'global' | 'batch', S, M>) =>
  dino({ assignment, studentTemperature: 0.1, pairing: 'other views', normLastLayer: true })

const view = (name: string, size: number) => random.normals(random.fold(random.keyOf(2), name), 2 * 3 * 3 * size * size)
const pixels = (size: number) => ({ batch: 3, colour: 3, row: size, column: size })
const batch = {
  global: dense({ global: 2, ...pixels(8) }, view('global', 8)),
  local: dense({ local: 2, ...pixels(4) }, view('local', 4)),
  globalMasks: { hidden },
}

/** Nothing is decayed; a third of the teacher is new after each step. */
const usual = { learningRate: 0.05, weightDecay: 0, teacherMomentum: 2 / 3, teacherTemperature: 0.07, anchorRefresh: 0 }

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
  const { reports, state } = await trained(dinoWith(sinkhorn(60, 'global', 'batch')), [{}])
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
    run(
      ({
        backbone,
        image,
      }: {
        readonly backbone: TwoHeaded['backbone']
        readonly image: Image<'global' | 'batch'>
      }) => ({
        feature: applyVit(backbone, dinoForm)(image, { hidden: array(hidden.sizes, hidden.data) }).classToken,
      }),
    )({ backbone: student.backbone, image: batch.global })(executors.reference),
  )
  const rows = unitRows(feature.data, sizes.features)
  const nearest = rows.map((row, at) =>
    Math.min(
      ...rows.flatMap((other, of) =>
        of !== at && Math.floor(of / 3) === Math.floor(at / 3) ? [distance(row, other)] : [],
      ),
    ),
  )
  const expected = -nearest.reduce((sum, value) => sum + Math.log(value + 1e-8), 0) / (nearest.length / 2)
  assert.ok(Math.abs(reports[0].koleo - expected) < 1e-9)
  assert.equal(reports[0].loss, reports[0].koleo)
  assert.ok(moved(state.student.backbone, student.backbone))
  assert.ok(!moved([state.student.head, state.student.patchHead], [student.head, student.patchHead]))
})

example('iBOT: a head and a centre of patches beside those of images', async () => {
  const both = beside(dinoWith(centred(0.9, 'global', 'batch')), { ibot: part(1, patches) })
  const { reports, state } = await trained(both, [{}])
  const [{ loss, dino: ofImages, ibot: ofPatches }] = reports
  assert.ok(ofImages > 0 && ofPatches > 0 && Math.abs(loss - ofImages - ofPatches) < 1e-12)
  assert.ok(moved(state.student.patchHead, student.patchHead) && moved(state.teacher.patchHead, student.patchHead))
  assert.ok(
    moved(state.objective.dino, state.objective.ibot) && numbersOf(state.objective.ibot).some(value => value !== 0),
    'each has a centre of its own',
  )
})

example('Gram anchoring: a third network stays what the teacher was until it is told to follow', async () => {
  const anchored = beside(dinoWith(centred(0.9, 'global', 'batch')), { gram: part(1, gram(dinoForm)) })
  const { reports, state } = await trained(anchored, [{}, {}])
  assert.deepEqual([reports[0].gram > 0, reports[1].gram > 0], [true, true])
  assert.ok(!moved(state.objective.gram, student.backbone))
  const before = await trained(anchored, [{}])
  const after = await trained(anchored, [{}, { anchorRefresh: 1 }])
  assert.ok(!moved(after.state.objective.gram, before.state.teacher.backbone))
})

for (const [name, rule] of Object.entries({
  adamw: optimisers.optimiser(optimisers.adamw())(tree, plainly),
  sgd: optimisers.optimiser(optimisers.sgd())(tree, plainly),
  lars: optimisers.optimiser(optimisers.lars())(tree, plainly),
}))
  example(`all four together, moved by ${name}: the loss is the sum of their terms, and falls`, async () => {
    const all = beside(dinoWith(sinkhorn(3, 'global', 'batch')), {
      koleo: part(1, koleo),
      ibot: part(1, patches),
      gram: part(1, gram(dinoForm)),
    })
    const change = { learningRate: name === 'lars' ? 0.5 : 0.01, teacherMomentum: 1 }
    const { reports, state } = await trained(all, [change, change, change, change, change, change], rule)
    for (const { loss, dino: ofImages, koleo: apart, ibot: ofPatches, gram: kept } of reports)
      assert.ok(Math.abs(loss - (ofImages + apart + ofPatches + kept)) < 1e-12)
    assert.ok(reports[5].loss < reports[0].loss, `${reports.map(({ loss }) => loss)}`)
    assert.deepEqual(Object.keys(state.optimiser), name === 'adamw' ? ['first', 'second'] : ['velocity'])
  })
