// The configuration: presets pass their own checks, a whole one goes to a file and back, flags are one flat list, and
// what is refused names the option, the value and what is allowed.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { showRefusal } from '../../dino/options/option.ts'
import { leavesOfOptions, usualValues, valueAt } from '../../dino/options/option-values.ts'
import {
  type Configuration,
  changed,
  configurationOptions,
  configure,
  readConfiguration,
  writeConfiguration,
} from '../../dino/run/configuration.ts'
import { presetNames, presetOf, presets } from '../../dino/run/presets.ts'
import { schedulesOf } from '../../dino/step/step-options.ts'
import { sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { right } from '../support/results.ts'

const leaves = leavesOfOptions(configurationOptions)
const scenes = presetOf('scenes')
const readBack = (configuration: Configuration) =>
  right(readConfiguration(JSON.parse(writeConfiguration(configuration))))

for (const name of presetNames)
  example(`the preset ${name} has a source, and stays the same through a file and through flags`, () => {
    const preset = presetOf(name)
    assert.deepEqual(readBack(preset), preset)
    assert.deepEqual(right(configure(preset, {})), preset)
    assert.ok(presets[name].source.length > 20 && presets[name].meaning.length > 10)
    const given = Object.fromEntries(
      leaves.map(({ path, flag }) => {
        const value = valueAt(preset, path)
        return [flag, Array.isArray(value) ? value.join(',') : String(value)]
      }),
    )
    assert.deepEqual(right(configure(scenes, given)), preset)
  })

example('every option has a flag of its own, and is named as it always was', () => {
  const flags = leaves.map(({ flag }) => flag)
  assert.equal(new Set(flags).size, flags.length)
  const others = [
    'preset',
    'config',
    'print-config',
    'out',
    'executor',
    'threads',
    'profile',
    'version',
    'help',
    'resume',
    'retries',
  ]
  assert.deepEqual(
    flags.filter(flag => others.includes(flag)),
    [],
  )
  for (const flag of [
    'data',
    'images',
    'head-layers',
    'head-hidden',
    'learning-rate',
    'final-learning-rate',
    'learning-rate-warmup',
    'weight-decay',
    'final-weight-decay',
    'teacher-momentum',
    'final-teacher-momentum',
    'warm-teacher-temperature',
    'teacher-temperature',
    'teacher-temperature-warmup',
    'freeze-last-layer',
    'save-every',
  ])
    assert.ok(flags.includes(flag), flag)
})

example('every usual value is allowed, and every option says what it means', () => {
  for (const { path, option } of leaves) {
    assert.ok(option.schema.safeParse(option.usual).success, path.join('.'))
    assert.ok(option.meaning.length > 5 && option.allowed.length > 5, path.join('.'))
  }
})

example('values are read from the text of a command line', () => {
  const { run, views, model, schedules } = right(
    configure(scenes, {
      batch: '16',
      'global-area': '0.3,0.9',
      'norm-last-layer': 'false',
      'learning-rate': '1e-3',
      'final-weight-decay': ' 0.5 ',
    }),
  )
  assert.equal(run.batch, 16)
  assert.deepEqual(views.globalArea, [0.3, 0.9])
  assert.equal(model.head.normLastLayer, false)
  assert.deepEqual(schedules.learningRate, { ...scenes.schedules.learningRate, base: 1e-3 })
  assert.equal(schedules.weightDecay.final, 0.5)
})

const refused: readonly (readonly [given: Readonly<Record<string, unknown>>, told: string])[] = [
  [{ batch: 'many' }, '--batch: expected a whole number from 1 to 65536, came "many"'],
  [{ batch: '' }, '--batch: expected a whole number from 1 to 65536, came ""'],
  [{ batch: '2.5' }, '--batch: expected a whole number from 1 to 65536, came "2.5"'],
  [{ batch: 'Infinity' }, '--batch: expected a whole number from 1 to 65536, came "Infinity"'],
  [
    { 'global-area': '0.9,0.3' },
    '--global-area: expected two numbers from 0.01 to 1, the smaller first, as low,high, came "0.9,0.3"',
  ],
  [
    { 'global-area': '0.3' },
    '--global-area: expected two numbers from 0.01 to 1, the smaller first, as low,high, came "0.3"',
  ],
  [{ 'norm-last-layer': 'maybe' }, '--norm-last-layer: expected true or false, came "maybe"'],
  [{ pairing: 'some' }, '--pairing: expected one of other views, all, came "some"'],
  [{ heads: '5' }, '--heads: expected a divisor of features (64), came 5'],
  [
    { positions: 'rotary', heads: '32' },
    '--heads: expected heads of a multiple of 4 of the 64 features each, for rotary positions, came 32',
  ],
  [
    { 'last-layer': 'plain' },
    '--norm-last-layer: expected false where last-layer is plain, for its prototypes have any length, came true',
  ],
  [{ 'image-size': '30' }, '--patch-size: expected a divisor of image-size (30), came 4'],
  [{ 'local-views': '2', 'local-size': '18' }, '--local-size: expected a multiple of patch-size (4), came 18'],
  [{ steps: '0', epochs: '0' }, '--epochs: expected more than 0 where steps is 0, came 0'],
]

for (const [given, told] of refused)
  example(`${JSON.stringify(given)} is refused with what is allowed`, () => {
    const read = configure(scenes, given)
    assert.equal(E.isLeft(read) ? showRefusal(read.left) : 'was accepted', told)
  })

example('a local size that no view has is not looked at', () =>
  assert.equal(right(configure(scenes, { 'local-views': '0', 'local-size': '18' })).views.localViews, 0),
)

/** What is wrong with JSON that should be a configuration. */
const complaints = (json: unknown): readonly string[] => {
  const read = readConfiguration(json)
  return E.isLeft(read) ? read.left.map(showRefusal) : assert.fail('was accepted')
}

const whole = JSON.parse(writeConfiguration(scenes))

example('a file must say everything, and nothing else, in values and not in text', () => {
  assert.deepEqual(complaints({ ...whole, run: { ...whole.run, batch: '32' } }), [
    'run.batch: expected a whole number from 1 to 65536, came "32"',
  ])
  assert.deepEqual(complaints({ ...whole, views: { ...whole.views, solarise: undefined, solarize: 0.2 } }), [
    'views.solarise: expected a number from 0 to 1, came nothing',
    'views.solarize: expected no such option, came 0.2',
  ])
  assert.deepEqual(complaints({ ...whole, schedules: { ...whole.schedules, weightDecay: 0.04 } }), [
    'schedules.weightDecay: expected a record of base, final, came 0.04',
  ])
  assert.deepEqual(
    complaints({ ...whole, model: { ...whole.model, backbone: { ...whole.model.backbone, heads: 3 } } }),
    ['model.backbone.heads: expected a divisor of features (64), came 3'],
  )
  assert.deepEqual(complaints({ ...whole, format: 1 }), ['format: expected 2, the version of the file, came 1'])
})

example('what is no record of options at all is refused with what is missing', () => {
  const groups = 'format, data, model, views, objective, optimiser, schedules, run'
  for (const [json, came] of [
    [null, 'null'],
    [[], '[]'],
    [3, '3'],
    ['text', '"text"'],
  ] as const)
    assert.deepEqual(complaints(json), [`the whole: expected a record of ${groups}, came ${came}`])
  assert.equal(complaints({}).length, 8)
})

example('a file of an older version, without a version and flat, is refused with what it lacks', () => {
  const flat = Object.fromEntries(leaves.map(({ path }) => [path[path.length - 1], valueAt(scenes, path)]))
  const told = complaints(flat)
  assert.equal(told[0], 'format: expected 2, the version of the file, came nothing')
  for (const group of ['data', 'model', 'views', 'objective', 'optimiser', 'schedules', 'run'])
    assert.ok(
      told.some(line => line.startsWith(`${group}: expected a record of `)),
      group,
    )
})

const anyJson = fc.jsonValue({ depthSize: 'small' })

law(
  'whatever stands in the place of an option or a group, a file is refused by its path or means what it says',
  fc.tuple(fc.nat(), anyJson),
  ([seed, value]) => {
    const path = leaves[seed % leaves.length].path.slice(0, 1 + (seed % 3))
    const put = (record: Readonly<Record<string, unknown>>, [name, ...rest]: readonly string[]): object => ({
      ...record,
      [name]: rest.length === 0 ? value : put(record[name] as Readonly<Record<string, unknown>>, rest),
    })
    const json = put(whole, path)
    const read = readConfiguration(json)
    if (E.isRight(read)) return sameData('as it stands', { format: 2, ...read.right }, json)
    const named = read.left.every(({ name }) => name.startsWith(path.join('.')) || path.join('.').startsWith(name))
    return sameData(
      'named',
      named ||
        read.left.some(({ name }) => name.startsWith('model.') || name === 'views.localSize' || name === 'run.epochs'),
      true,
    )
  },
)

example('changes change what they name and nothing else', () => {
  const changes = { model: { head: { prototypes: 7 } }, views: { blur: [1, 2] } } as const
  const { model, views, ...rest } = changed(scenes, changes)
  const { model: oldModel, views: oldViews, ...oldRest } = scenes
  assert.deepEqual(rest, oldRest)
  assert.deepEqual(model, { ...oldModel, head: { ...oldModel.head, prototypes: 7 } })
  assert.deepEqual(views, { ...oldViews, blur: [1, 2] })
})

example('what the schedules say at the first step, at the ends of the warm-ups, and at the last', () => {
  const { schedules } = changed(usualValues(configurationOptions), {
    schedules: {
      learningRate: { base: 0.1, final: 0.01, warmup: 0.2 },
      weightDecay: { base: 0.04, final: 0.4 },
      teacherMomentum: { base: 0.9, final: 1 },
      teacherTemperature: { warm: 0.02, base: 0.06, warmup: 0.5 },
    },
  })
  const at = schedulesOf(schedules, { steps: 10, batch: 512, epochs: 1 })
  const rounded = (step: number) => Object.values(at(step)).map(value => Number(value.toFixed(6)))
  const half = (from: number, to: number, turn: number) => to + 0.5 * (from - to) * (1 + Math.cos(Math.PI * turn))
  const expected = (rate: number, turn: number, temperature: number) =>
    [rate, half(0.04, 0.4, turn), half(0.9, 1, turn), temperature, 0].map(value => Number(value.toFixed(6)))
  assert.deepEqual(Object.keys(at(0)), [
    'learningRate',
    'weightDecay',
    'teacherMomentum',
    'teacherTemperature',
    'anchorRefresh',
  ])
  assert.deepEqual(rounded(0), expected(0, 0, 0.02))
  assert.deepEqual(rounded(1), expected(0.2, 0.1, 0.03))
  assert.deepEqual(rounded(2), expected(0.2, 0.2, 0.04))
  assert.deepEqual(rounded(4), expected(half(0.2, 0.01, 0.25), 0.4, 0.06))
  assert.deepEqual(rounded(9), expected(half(0.2, 0.01, 0.875), 0.9, 0.06))
})
