// The command line: commands and their flags, each with its meaning and an example. A mistake of the user is told in a
// line that says what is allowed, and ends the command with status 2; any other failure ends it with status 1.
//
//   dino train        dino demo        dino evaluate knn        dino features        dino convert
//   dino presets        dino info

import { Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { packageVersion } from '../node/version.ts'
import type { Options } from '../options/option.ts'
import { type Given, usualValues } from '../options/option-values.ts'
import { configurationOptions } from '../run/configuration.ts'
import type { Failure } from '../run/failure.ts'
import { presetOf } from '../run/presets.ts'
import { convertCommand, convertOptions } from './convert.ts'
import { demoCommand } from './demo.ts'
import { knnCommand, knnOptions } from './evaluate-knn.ts'
import { executorOptions } from './executor-flags.ts'
import { featuresCommand } from './extract-features.ts'
import { featureOptions } from './feature-flags.ts'
import { addOptions, givenFrom } from './flags.ts'
import { info } from './info.ts'
import { showPresets } from './list-presets.ts'
import { showTable } from './table.ts'
import { showFailure, statusOf } from './tell-failure.ts'
import { trainCommand, trainingOptions } from './train.ts'

type Act = (given: Given) => TaskEither<Failure, void>

/** A command as data. */
interface CommandRow {
  readonly words: readonly [string, ...string[]]
  readonly meaning: string
  /** Options, and the values that are taken where nothing is given. */
  readonly options: readonly (readonly [options: Options, values: object])[]
  readonly examples: readonly (readonly [command: string, meaning: string])[]
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

const commands: readonly CommandRow[] = [
  {
    words: ['train'],
    meaning:
      'train on a folder of images or on the built-in scenes; the values in brackets are those of the preset scenes',
    options: trainRows,
    examples: [
      ['dino train', 'the built-in scenes, about a minute'],
      ['dino train --preset photos --data photos', 'a folder of images, with or without sub-folders'],
      ['dino train --preset cifar-tiny --data cifar10/train --steps 200 --out runs/cifar', 'small images in classes'],
      ['dino train --preset photos --print-config > mine.json', 'a whole configuration as a file'],
      ['dino train --config mine.json --seed 2', 'and a run as the file says, but for the seed'],
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

const exampleText = (examples: CommandRow['examples']): string =>
  `\nExamples:\n${showTable(examples, ['left', 'left'])}`

/** The command under `root` that the words name; the groups on the way are made where they are missing. */
const place = (root: Command, words: readonly string[]): Command =>
  words.reduce((parent, word) => parent.commands.find(child => child.name() === word) ?? parent.command(word), root)

const program = (finish: (work: TaskEither<Failure, void>) => Promise<void>): Command => {
  const root = new Command('dino')
    .description('Self-supervised vision transformers (DINO), trained on what you have')
    .version(packageVersion())
  for (const { words, meaning, options, examples, act } of commands) {
    const command = place(root, words).description(meaning).addHelpText('after', exampleText(examples))
    for (const [rows, values] of options) addOptions(rows, values)(command)
    command.action((values: Readonly<Record<string, unknown>>) => finish(act(givenFrom(values))))
  }
  place(root, ['evaluate']).description('judge what was learned')
  return root
}

/** A reader may go away (`dino train | head`): the rest of the output is dropped, and the work goes on. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}

/** Runs a command line; gives the exit status. */
export const main = async (words: readonly string[]): Promise<number> => {
  let status = 0
  outliveReaders()
  const root = program(async work => {
    const done = await work()
    if (E.isRight(done)) return
    console.error(showFailure(done.left))
    status = statusOf(done.left)
  })
  const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)]
  for (const command of everyCommand(root)) command.exitOverride().showHelpAfterError('(--help shows what there is)')
  try {
    await root.parseAsync(words, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return thrown.exitCode === 0 ? 0 : 2
  }
  return status
}
