// What each part of DINO is for, shown by leaving it out: momentum, centring, sharpening, many crops, and the kinds of
// teachers of the paper, on the built-in scenes. Each is trained from the same seed for as many steps, and judged by
// the nearest neighbours (k-NN) of scenes that no training saw. Beside it stands the figure of the paper, which is of
// ImageNet and ViT-S/16 (Caron et al. 2021): sizes cannot be compared, but which changes break training can. Prints a
// table, writes a plot (examples/ablations.md has one of each), and takes some minutes.
// Run: npx tsx examples/ablations.ts [steps] [plot.svg]

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as Plot from '@observablehq/plot'
import * as E from 'fp-ts/lib/Either.js'
import { svgText } from '../dino/command/plot.ts'
import { showTable } from '../dino/command/table.ts'
import { scenes } from '../dino/data/scenes/scenes.ts'
import { centreViews, featuresOf, type LabelledFeatures } from '../dino/evaluate/features.ts'
import { knnAccuracy, usualKnn } from '../dino/evaluate/knn.ts'
import type { Network } from '../dino/model/network.ts'
import { formOf } from '../dino/model/vit-form.ts'
import { type ConfigurationChanges, changed } from '../dino/run/configuration.ts'
import { type StepReport, train } from '../dino/run/course.ts'
import { initialState } from '../dino/run/initial.ts'
import { directLoader } from '../dino/run/loader.ts'
import { presetOf } from '../dino/run/presets.ts'
import { lengthOf } from '../dino/run/run-options.ts'
import { type As, type Executor, withExecutor } from '../lib/index.ts'

/** One change, and the k-NN of the paper with the place where it stands. */
interface Ablation {
  readonly name: string
  readonly changes: ConfigurationChanges
  readonly paper: string
}

const noCentring: ConfigurationChanges = { objective: { centreMomentum: 1 } }
const teacher = (kind: 'student copy' | 'previous step' | 'previous epoch' | 'frozen'): ConfigurationChanges => ({
  schedules: { teacherMomentum: { teacher: kind } },
})

const ablations: readonly Ablation[] = [
  { name: 'DINO', changes: {}, paper: '72.8 % (table 7)' },
  { name: 'Sinkhorn-Knopp, no centre', changes: { objective: { assignment: 'sinkhorn' } }, paper: '72.2 % (table 7)' },
  { name: 'no local views', changes: { views: { localViews: 0 } }, paper: '67.9 % (table 7)' },
  { name: 'no centring', changes: noCentring, paper: 'collapses (figure 7)' },
  {
    name: 'no sharpening',
    changes: { schedules: { teacherTemperature: { warm: 0.1, base: 0.1 } } },
    paper: 'collapses (figure 7)',
  },
  { name: 'teacher: the student', changes: teacher('student copy'), paper: '0.1 % (figure 6)' },
  { name: 'teacher: previous step', changes: teacher('previous step'), paper: '0.1 % (figure 6)' },
  { name: 'teacher: previous epoch', changes: teacher('previous epoch'), paper: '66.6 % (figure 6)' },
  { name: 'teacher: the first student', changes: teacher('frozen'), paper: '' },
]

/** What came of a training: its steps, and how well its teacher tells classes. */
interface Outcome {
  readonly ablation: Ablation
  readonly reports: readonly StepReport[]
  readonly accuracy: number
}

const preset = changed(presetOf('scenes'), { run: { healthEvery: 0, saveEvery: 0 } })
const size = preset.model.backbone.imageSize
const [bankSize, querySize] = [1000, 500]
const classes = 10

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

/** Scenes to be judged, as the network sees them whole. */
const judged = async () => {
  const { seed } = preset.run
  const viewsOf = (part: 'train' | 'test', count: number) =>
    centreViews(scenes({ seed, count, size, part }), size, () => undefined)()
  return { bank: await viewsOf('train', bankSize), queries: await viewsOf('test', querySize) }
}

type Judged = Awaited<ReturnType<typeof judged>>

/** The part of the queries whose class a network's nearest neighbours tell. */
const accuracyOf = async (
  network: As<'dense', Network>,
  { bank, queries }: Judged,
  executor: Executor,
): Promise<number> => {
  const features = async (views: Judged['bank']): Promise<LabelledFeatures> =>
    right(await featuresOf(network, formOf(preset.model.backbone), views, () => undefined)(executor)())
  const [known, asked] = [await features(bank), await features(queries)]
  return knnAccuracy({ ...known, classes }, usualKnn)(asked, asked.labels)
}

const outcomeOf = async (ablation: Ablation, steps: number, views: Judged, executor: Executor): Promise<Outcome> => {
  const epochs = steps / lengthOf(preset.run, preset.data.images).perEpoch
  const configuration = changed(changed(preset, { run: { epochs } }), ablation.changes)
  const { run, data } = configuration
  const loader = directLoader(configuration, scenes({ seed: run.seed, count: data.images, size, part: 'train' }))
  const reports: StepReport[] = []
  const watch = {
    step: (report: StepReport) => {
      reports.push(report)
      return E.right(undefined)
    },
    skipped: () => {},
    progress: () => {},
    stopped: () => false,
  }
  const { state } = right(await train({ configuration, steps, loader, watch })(executor)())
  return { ablation, reports, accuracy: await accuracyOf(state.teacher, views, executor) }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const rowOf = ({ ablation: { name, paper }, reports, accuracy }: Outcome): readonly string[] => {
  const { teacherEntropy, divergence } = reports[reports.length - 1]
  return [name, percent(accuracy), teacherEntropy.toFixed(2), divergence.toFixed(3), paper]
}

/** The accuracy after each training as a bar, with that of the untrained network as a line, as SVG text. */
const barPlot = (outcomes: readonly Outcome[], untrained: number): string =>
  svgText({
    width: 720,
    height: 40 * outcomes.length + 50,
    marginLeft: 190,
    x: { label: 'k-NN accuracy on scenes never seen', percent: true, grid: true },
    y: { label: null, domain: outcomes.map(({ ablation }) => ablation.name) },
    marks: [
      Plot.barX(outcomes, {
        x: 'accuracy',
        y: ({ ablation }: Outcome) => ablation.name,
        fill: '#3b6fb6',
        insetTop: 4,
        insetBottom: 4,
      }),
      Plot.ruleX([untrained], { stroke: '#c33', strokeDasharray: '4 4' }),
      Plot.text([untrained], { x: (value: number) => value, frameAnchor: 'top', dy: -12, text: () => 'untrained' }),
    ],
  })

const main = withExecutor('auto')(executor => async () => {
  const steps = Number(process.argv[2] ?? 300)
  const path = process.argv[3] ?? 'runs/ablations.svg'
  const views = await judged()
  const untrained = await accuracyOf(initialState(preset).teacher, views, executor)
  const outcomes: Outcome[] = []
  for (const ablation of ablations) {
    console.error(`training ${steps} steps: ${ablation.name}`)
    outcomes.push(await outcomeOf(ablation, steps, views, executor))
  }
  const largest = Math.log(preset.model.head.prototypes).toFixed(2)
  console.log(`k-NN after ${steps} steps; untrained ${percent(untrained)}; ln K is ${largest}`)
  const head = ['', 'k-NN', 'entropy', 'divergence', 'the paper, on ImageNet']
  console.log(showTable([head, ...outcomes.map(rowOf)], ['left', 'right', 'right', 'right', 'left']))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, barPlot(outcomes, untrained))
  console.log(`written to ${path}`)
  return E.right(undefined)
})

await main()
