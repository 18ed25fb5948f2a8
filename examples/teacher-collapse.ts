// Why DINO centres and sharpens the teacher (Caron et al. 2021, section 5.3), shown by four short trainings on the
// built-in scenes. Watch the entropy of the teacher's distribution over K prototypes. Without centring it falls to 0:
// the same prototype for every image. Without sharpening it rises to ln K: every prototype alike for every image.
// Without either it may stay between, but the student's divergence from the teacher falls to 0: there is nothing left
// to learn. Prints a table, writes a plot (examples/pictures/collapse.svg is one), and takes a few minutes.
// Run: npx tsx examples/teacher-collapse.ts [plot.svg]

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as Plot from '@observablehq/plot'
import * as E from 'fp-ts/lib/Either.js'
import { svgText } from '../dino/command/plot.ts'
import { scenes } from '../dino/data/scenes/scenes.ts'
import { type ConfigurationChanges, changed } from '../dino/run/configuration.ts'
import { type StepReport, train, type Watch } from '../dino/run/course.ts'
import { directLoader } from '../dino/run/loader.ts'
import { presetOf } from '../dino/run/presets.ts'
import { type Executor, withExecutor } from '../lib/index.ts'

const steps = 150

/** A training small enough to be repeated four times. */
const small = changed(presetOf('scenes'), {
  data: { images: 640 },
  model: { head: { prototypes: 64 } },
  views: { localViews: 0 },
  schedules: { learningRate: { base: 0.008 }, teacherTemperature: { warm: 0.02, base: 0.02 } },
})

/** With momentum 1 the centre stays where it begins, at 0. */
const noCentring: ConfigurationChanges = { objective: { centreMomentum: 1 } }
/** The student's temperature is 0.1; a teacher of the same temperature is no sharper than the student. */
const noSharpening: ConfigurationChanges = { schedules: { teacherTemperature: { warm: 0.1, base: 0.1 } } }

const trainings: readonly (readonly [name: string, changes: ConfigurationChanges])[] = [
  ['centring and sharpening', {}],
  ['no centring', noCentring],
  ['no sharpening', noSharpening],
  ['neither', { ...noCentring, ...noSharpening }],
]

/** The reports of all steps of one training. */
const trained = async (changes: ConfigurationChanges, executor: Executor): Promise<readonly StepReport[]> => {
  const configuration = changed(small, changes)
  const { run, data, model } = configuration
  const part = { seed: run.seed, count: data.images, size: model.backbone.imageSize, part: 'train' } as const
  const loader = directLoader(configuration, scenes(part))
  const reports: StepReport[] = []
  const watch: Watch = {
    step: report => {
      reports.push(report)
      return E.right(undefined)
    },
    skipped: () => {},
    progress: () => {},
    stopped: () => false,
  }
  const result = await train({ configuration, steps, loader, watch })(executor)()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return reports
}

/** The two entropies of a collapse, 0 and ln K, between which a healthy teacher stays. */
const limits = [0, Math.log(small.model.head.prototypes)]

/** The entropy of the teacher over the steps, a line for each training, as SVG text. */
const entropyPlot = (runs: ReadonlyMap<string, readonly StepReport[]>): string => {
  const points = [...runs].flatMap(([training, reports]) =>
    reports.map(({ step, teacherEntropy }) => ({ training, step, teacherEntropy })),
  )
  const line = { x: 'step', y: 'teacherEntropy', z: 'training' }
  const name = { ...line, text: 'training', fill: 'training', textAnchor: 'start', dx: 6 } as const
  return svgText({
    width: 720,
    height: 360,
    marginRight: 160,
    x: { label: 'step' },
    y: { label: 'entropy of the teacher', domain: limits, nice: true, grid: true },
    color: { domain: [...runs.keys()] },
    marks: [
      Plot.ruleY(limits, { stroke: '#999', strokeDasharray: '4 4' }),
      Plot.line(points, { ...line, stroke: 'training', strokeWidth: 2 }),
      Plot.text(points, Plot.selectLast(name)),
    ],
  })
}

const cells = (values: readonly string[]): string => values.map(value => value.padStart(12)).join('')

const main = withExecutor('auto')(executor => async () => {
  console.log(`after ${steps} steps; ln K is ${limits[1].toFixed(3)}`)
  console.log(''.padEnd(24) + cells(['entropy', 'of the mean', 'divergence']))
  const runs = new Map<string, readonly StepReport[]>()
  for (const [name, changes] of trainings) {
    const reports = await trained(changes, executor)
    const { teacherEntropy, meanEntropy, divergence } = reports[reports.length - 1]
    console.log(name.padEnd(24) + cells([teacherEntropy, meanEntropy, divergence].map(value => value.toFixed(3))))
    runs.set(name, reports)
  }
  const path = process.argv[2] ?? 'runs/collapse.svg'
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, entropyPlot(runs))
  console.log(`written to ${path}`)
  return E.right(undefined)
})

await main()
