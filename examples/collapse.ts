// What centring and sharpening are for (Caron et al. 2021, section 5.3): four short trainings on the built-in scenes,
// with and without each. Without centring the teacher says the same of every image, and its entropy falls to 0; without
// sharpening it says nothing of any, and its entropy rises to ln K. With both it stays between. Prints a table, writes
// a plot. Run: npx tsx examples/collapse.ts [plot.svg]

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as Plot from '@observablehq/plot'
import * as E from 'fp-ts/lib/Either.js'
import { parseHTML } from 'linkedom'
import { scenes } from '../dino/data/scenes/scenes.ts'
import { type ConfigurationChanges, changed } from '../dino/run/configuration.ts'
import { type StepReport, train } from '../dino/run/course.ts'
import { directLoader } from '../dino/run/loader.ts'
import { presetOf } from '../dino/run/presets.ts'
import { type Executor, withExecutor } from '../lib/index.ts'

const steps = 150

const small = changed(presetOf('scenes'), {
  data: { images: 640 },
  model: { head: { prototypes: 64 } },
  views: { localViews: 0 },
  schedules: { learningRate: { base: 0.008 }, teacherTemperature: { warm: 0.02, base: 0.02 } },
})

const noCentring: ConfigurationChanges = { objective: { centreMomentum: 1 } }
const noSharpening: ConfigurationChanges = { schedules: { teacherTemperature: { warm: 0.1, base: 0.1 } } }

/**
 * What differs from training as it should be. A centre with momentum 1 stays 0; a teacher as warm as the student is not
 * sharp.
 */
const trainings: readonly (readonly [name: string, changes: ConfigurationChanges])[] = [
  ['centring and sharpening', {}],
  ['no centring', noCentring],
  ['no sharpening', noSharpening],
  ['neither', { ...noCentring, ...noSharpening }],
]

const trained = async (changes: ConfigurationChanges, executor: Executor): Promise<readonly StepReport[]> => {
  const configuration = changed(small, changes)
  const [{ seed }, { images: count }, { imageSize: size }] = [
    configuration.run,
    configuration.data,
    configuration.model.backbone,
  ]
  const loader = directLoader(configuration, scenes({ seed, count, size, part: 'train' }))
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
  const result = await train({ configuration, steps, loader, watch })(executor)()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return reports
}

/** The entropy of the teacher over the steps, as SVG text. */
const plot = (runs: ReadonlyMap<string, readonly StepReport[]>): string => {
  const { document } = parseHTML('<html><body></body></html>')
  const points = [...runs].flatMap(([training, reports]) =>
    reports.map(({ step, teacherEntropy }) => ({ training, step, teacherEntropy })),
  )
  const chart = Plot.plot({
    document,
    width: 720,
    height: 360,
    marginRight: 160,
    x: { label: 'step' },
    y: { label: 'entropy of the teacher', domain: [0, Math.log(small.model.head.prototypes)], nice: true, grid: true },
    color: { domain: [...runs.keys()] },
    marks: [
      Plot.ruleY([0, Math.log(small.model.head.prototypes)], { stroke: '#999', strokeDasharray: '4 4' }),
      Plot.line(points, { x: 'step', y: 'teacherEntropy', stroke: 'training', strokeWidth: 2 }),
      Plot.text(
        points,
        Plot.selectLast({
          x: 'step',
          y: 'teacherEntropy',
          z: 'training',
          text: 'training',
          fill: 'training',
          textAnchor: 'start',
          dx: 6,
        }),
      ),
    ],
  })
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return chart.outerHTML
}

const tell = (name: string, reports: readonly StepReport[]): void => {
  const { teacherEntropy, meanEntropy, divergence } = reports[reports.length - 1]
  const numbers = [teacherEntropy, meanEntropy, divergence].map(value => value.toFixed(3).padStart(12))
  console.log(name.padEnd(24) + numbers.join(''))
}

const main = withExecutor('auto')(executor => async () => {
  console.log(`after ${steps} steps; ln K is ${Math.log(small.model.head.prototypes).toFixed(3)}`)
  console.log(`${''.padEnd(24)}${['entropy', 'of the mean', 'divergence'].map(title => title.padStart(12)).join('')}`)
  const runs = new Map<string, readonly StepReport[]>()
  for (const [name, changes] of trainings) {
    const reports = await trained(changes, executor)
    runs.set(name, reports)
    tell(name, reports)
  }
  const path = process.argv[2] ?? 'runs/collapse.svg'
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, plot(runs))
  console.log(`written to ${path}`)
  return E.right(undefined)
})

await main()
