// Diagnoses: each sickness is known by its signs, once they last, in synthetic reports and in short trainings that do
// collapse; a healthy training is not warned of. The flags that are said to help are there.

import assert from 'node:assert/strict'
import { tellingSickness } from '../../dino/command/tell-health.ts'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { leavesOfOptions } from '../../dino/options/option-values.ts'
import { type ConfigurationChanges, changed, configurationOptions } from '../../dino/run/configuration.ts'
import { type StepReport, train } from '../../dino/run/course.ts'
import { diagnose, type Sickness } from '../../dino/run/diagnosis.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { presetOf } from '../../dino/run/presets.ts'
import { thresholds } from '../../dino/run/thresholds.ts'
import { type Executor, executors } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { keeping } from '../support/training.ts'

const prototypes = 128
const most = Math.log(prototypes)
const patient = { prototypes, steps: 400 }

/** A report of a healthy run. */
const healthy: StepReport = {
  step: 0,
  loss: 4.4,
  dino: 4.4,
  teacherEntropy: 4.2,
  meanEntropy: 4.6,
  divergence: 0.2,
  spread: 0.05,
  centreNorm: 1,
  gradientLength: 0.5,
  learningRate: 0.001,
  weightDecay: 0.04,
  teacherMomentum: 0.99,
  teacherTemperature: 0.04,
  anchorRefresh: 0,
  imagesPerSecond: 100,
  waiting: 0,
} as StepReport

/** Reports of so many steps, with changes that may depend on the step. */
const reports = (count: number, changes: (step: number) => Partial<StepReport> = () => ({})): readonly StepReport[] =>
  Array.from({ length: count }, (_, step) => ({ ...healthy, step, ...changes(step) }))

const sicknesses = (all: readonly StepReport[]): readonly Sickness[] =>
  diagnose(all, patient).map(({ sickness }) => sickness)

/** For each sickness, reports that show it. */
const signs: Readonly<Record<Sickness, (step: number) => Partial<StepReport>>> = {
  'one class': () => ({ teacherEntropy: 1e-9, meanEntropy: 1e-9, divergence: 0.002, loss: 0.002 }),
  uniform: () => ({ teacherEntropy: most - 0.002, meanEntropy: most - 0.001, divergence: 0.001, loss: most }),
  'student equals teacher': () => ({ teacherEntropy: 3, meanEntropy: 3.0005, divergence: 0.0005, loss: 3 }),
  'all alike': () => ({ teacherEntropy: 3, meanEntropy: 3.0005 }),
  'learns nothing': step => ({ teacherEntropy: 4.3, divergence: most - 4.31, knn: step < 100 ? 0.2 : 0.19 }),
  'gradient explodes': step => ({ gradientLength: step < 200 ? 0.5 : 80 }),
  'moves too far': step => (step % 50 === 0 ? { relativeMove: 0.2 } : {}),
  'rank collapses': step => ({ rank: step < 100 ? 9 : 1.1 }),
}

for (const [sickness, changes] of Object.entries(signs)) {
  const count = sickness === 'gradient explodes' ? 206 : 300
  example(`${sickness} is known by its signs, alone`, () =>
    assert.deepEqual(sicknesses(reports(count, changes)), [sickness]),
  )
  example(`${sickness} is not told of a sign that has just begun`, () =>
    assert.deepEqual(sicknesses(reports(count, step => (step < count - 2 ? {} : changes(step)))), []),
  )
}

example('nothing is wrong with a healthy run at any time, nor with one that has not begun', () => {
  for (const count of [0, 1, 19, 20, 100, 400]) assert.deepEqual(sicknesses(reports(count)), [])
})

example('collapse is not told before a run is settled, for all runs begin alike', () => {
  const uniform = reports(400, signs.uniform)
  const first = uniform.findIndex((_, at) => sicknesses(uniform.slice(0, at + 1)).length > 0)
  assert.equal(first + 1, thresholds.settled * patient.steps + thresholds.lasting.steps)
})

example('a run that goes on, of which the first reports are not known, is looked at too', () => {
  assert.deepEqual(sicknesses(reports(300, signs['one class']).slice(200)), ['one class'])
  assert.deepEqual(
    sicknesses(reports(300, signs['learns nothing']).slice(200)),
    [],
    'the untrained network is not known',
  )
})

example('a loss at ln K is no sickness where k-NN has risen', () =>
  assert.deepEqual(
    sicknesses(reports(300, step => ({ teacherEntropy: 4.3, divergence: most - 4.3, knn: step < 100 ? 0.2 : 0.3 }))),
    [],
  ),
)

example('DINO learns nothing where other objectives bring the loss far from ln K, too', () =>
  assert.deepEqual(sicknesses(reports(300, step => ({ ...signs['learns nothing'](step), loss: 9 }))), [
    'learns nothing',
  ]),
)

example('each sickness is told once, with its step and what helps', () => {
  const lines: string[] = []
  const tell = tellingSickness(patient, line => lines.push(line))
  const all = reports(300, step => (step < 200 ? signs['one class'](step) : signs['moves too far'](step)))
  all.forEach((_, at) => tell(all.slice(0, at + 1)))
  assert.equal(lines.length, 2)
  assert.match(
    lines[0],
    /^warning, step 99: the teacher gives all images the same class: .*\n {2}centring .*--centre-momentum 0\.9/,
  )
  assert.match(
    lines[1],
    /^warning, step 259: a step moves the parameters by more than 10 % .*\n {2}a lower --learning-rate/,
  )
})

example('the flags that are said to help are there', () => {
  const flags = new Set(leavesOfOptions(configurationOptions).map(({ flag }) => flag))
  const helps = Object.values(signs).flatMap(changes =>
    diagnose(reports(206, changes), patient).map(({ helps }) => helps),
  )
  const named = helps.flatMap(help => help.match(/--[\w-]+/g) ?? [])
  assert.ok(named.length > 10, named.join())
  for (const flag of named) assert.ok(flags.has(flag.slice(2)), flag)
})

const steps = 100

/** A training of a second or two. */
const small = changed(presetOf('scenes'), {
  data: { images: 320 },
  model: {
    backbone: { imageSize: 16, features: 32, depth: 1, heads: 2 },
    head: { hidden: 64, bottleneck: 32, prototypes: 32 },
  },
  views: { localViews: 0 },
  schedules: { learningRate: { base: 0.04 }, teacherTemperature: { warm: 0.02, base: 0.02 } },
  run: { batch: 16 },
})

const noCentring: ConfigurationChanges = { objective: { centreMomentum: 1 } }
const noSharpening: ConfigurationChanges = { schedules: { teacherTemperature: { warm: 0.1, base: 0.1 } } }
const copiedTeacher: ConfigurationChanges = { schedules: { teacherMomentum: { base: 0, final: 0 } } }

/** Everything that is told in a training on scenes. */
const told = async (executor: Executor, ...changes: readonly ConfigurationChanges[]): Promise<readonly Sickness[]> => {
  const configuration = changes.reduce(changed, small)
  const { run, data, model } = configuration
  const set = scenes({ seed: run.seed, count: data.images, size: model.backbone.imageSize, part: 'train' })
  const { heard, watch } = keeping()
  right(await train({ configuration, steps, loader: directLoader(configuration, set), watch })(executor)())
  const found = heard.reports.flatMap((_, at) =>
    diagnose(heard.reports.slice(0, at + 1), { prototypes: model.head.prototypes, steps }),
  )
  return [...new Set(found.map(({ sickness }) => sickness))]
}

example('a healthy training on scenes is not warned of', () =>
  withOpened(executors.wasm({ threads: 2 }), async executor => assert.deepEqual(await told(executor), [])),
)

for (const [name, changes, expected] of [
  ['without centring collapses to one class', [noCentring], 'one class'],
  ['without sharpening collapses to uniform', [noSharpening], 'uniform'],
  ['without either has a student that equals its teacher', [noCentring, noSharpening], 'student equals teacher'],
  ['whose teacher copies the student tells no images apart', [copiedTeacher], 'all alike'],
] as const)
  example(`a training on scenes ${name}`, () =>
    withOpened(executors.wasm({ threads: 2 }), async executor => {
      const found = await told(executor, ...changes)
      assert.ok(found.includes(expected), `told was ${found.join(', ') || 'nothing'}`)
    }),
  )
