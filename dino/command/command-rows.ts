// The commands of the command line as data: the words of each, its meaning, its options, examples, and what it does.
//
//   { words: ['info'], meaning: 'which executors work on this machine, ...', options: [], examples, act }

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Options } from '../options/option.ts'
import { type Given, usualValues } from '../options/option-values.ts'
import { configurationOptions } from '../run/configuration.ts'
import type { Failure } from '../run/failure.ts'
import { presetOf } from '../run/presets.ts'
import { convertCommand, convertOptions } from './convert.ts'
import { demoCommand } from './demo.ts'
import { knnCommand, knnOptions } from './evaluate-knn.ts'
import { executorOptions } from './executor-flags.ts'
import { exportCommand, exportNotes, exportOptions } from './export.ts'
import { featuresCommand } from './extract-features.ts'
import { featureOptions } from './feature-flags.ts'
import { info } from './info.ts'
import { showPresets } from './list-presets.ts'
import { resumeOptions } from './resume.ts'
import { runsCommand, runsOptions } from './runs.ts'
import { trainCommand, trainingOptions } from './train.ts'

type Act = (given: Given) => TaskEither<Failure, void>

/** A command as data. */
export interface CommandRow {
  readonly words: readonly [string, ...string[]]
  /** The option that may be given as a word, without its flag. */
  readonly argument?: string
  readonly meaning: string
  /** Options, and the values that are taken where nothing is given. */
  readonly options: readonly (readonly [options: Options, values: object])[]
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** More of it, after the examples in the help. */
  readonly notes?: string
  readonly act: Act
}

const usual = (options: Options): CommandRow['options'][number] => [options, usualValues(options)]

const trainRows: CommandRow['options'] = [
  usual(trainingOptions),
  usual(executorOptions),
  [configurationOptions, presetOf('scenes')],
]

/** A command that asks for nothing and always succeeds. */
const telling =
  (tell: () => Promise<void>): Act =>
  () =>
  async () =>
    E.right(await tell())

/** The commands. */
export const commands: readonly CommandRow[] = [
  {
    words: ['train'],
    meaning:
      'train on a folder of images or on the built-in scenes; the values in brackets are those of the preset scenes',
    options: [usual(resumeOptions), ...trainRows],
    examples: [
      ['dino train', 'the built-in scenes, about a minute'],
      ['dino train --preset photos --data photos', 'a folder of images, with or without sub-folders'],
      ['dino train --preset cifar-tiny --data cifar10/train --steps 200 --out runs/cifar', 'small images in classes'],
      ['dino train --preset photos --print-config > mine.json', 'a whole configuration as a file'],
      ['dino train --config mine.json --seed 2', 'and a run as the file says, but for the seed'],
      ['dino train --resume runs/cifar', 'goes on with a run that was interrupted or killed'],
      ['dino train --steps 20 --profile', 'where the time goes'],
    ],
    act: trainCommand,
  },
  {
    words: ['demo'],
    meaning: 'train on the built-in scenes and show how well held-out scenes are then told apart',
    options: trainRows,
    examples: [['dino demo', 'this is npm start']],
    act: demoCommand,
  },
  {
    words: ['evaluate', 'knn'],
    meaning: 'tell classes by nearest neighbours, beside raw pixels',
    options: [usual(knnOptions), usual(executorOptions)],
    examples: [
      ['dino evaluate knn --run runs/scenes', 'on scenes that training never saw'],
      ['dino evaluate knn --run runs/cifar --bank cifar10/train --queries cifar10/test', 'on folders'],
    ],
    act: knnCommand,
  },
  {
    words: ['runs'],
    argument: 'folder',
    meaning: 'the runs in a folder: preset, steps, whether they run or how they ended, loss, k-NN',
    options: [usual(runsOptions)],
    examples: [
      ['dino runs', 'those in runs/'],
      ['dino runs experiments --json', 'for other programs'],
    ],
    act: runsCommand,
  },
  {
    words: ['export'],
    meaning: 'write a backbone for other runtimes: ONNX Runtime, transformers.js, ...',
    options: [usual(exportOptions)],
    examples: [
      ['dino export --run runs/scenes --out scenes.onnx', 'the teacher, for images as in training'],
      ['dino export --weights dinov2-small --out dinov2.onnx', 'public weights, from a folder or a file'],
      ['dino export --run runs/scenes --out large.onnx --size 224', 'for larger ones: positions are resized'],
    ],
    notes: exportNotes,
    act: exportCommand,
  },
  {
    words: ['features'],
    meaning:
      'features of pictures under a backbone: its class token and patch tokens. The shorter side of a picture is ' +
      'resized to 256/224 of the size (bicubic), the middle is cut out, and colours are normalised by ImageNet',
    options: [usual(featureOptions), usual(executorOptions)],
    examples: [
      ['dino features --weights runs/scenes --images photos --out features.safetensors', 'under the teacher of a run'],
      [
        'dino features --weights dino_deitsmall16_pretrain.pth --images photos --out f.safetensors --blocks 8,11',
        'under public weights',
      ],
      ['dino features --weights dinov2-small --images photos --out f.safetensors --size 518', 'of larger pictures'],
    ],
    act: featuresCommand,
  },
  {
    words: ['convert'],
    meaning: 'write a backbone under the names of another program; heads of training are left out',
    options: [usual(convertOptions)],
    examples: [
      ['dino convert --weights runs/mine --out mine --names huggingface', 'for Dinov2Model.from_pretrained'],
      ['dino convert --weights checkpoint.pth --which student --out s.safetensors --names timm', 'for timm'],
    ],
    act: convertCommand,
  },
  {
    words: ['presets'],
    meaning: 'the presets: what each is for, where its values come from, and what it changes',
    options: [],
    examples: [['dino presets', '']],
    act: telling(async () => console.log(showPresets())),
  },
  {
    words: ['info'],
    meaning: 'which executors work on this machine, and why the others do not',
    options: [],
    examples: [['dino info', '']],
    act: telling(info),
  },
]
