// The configuration of a run: everything that can be chosen, in records named after the things that they configure. The
// rows of the options stand beside the code that uses them; this module puts them together, and reads and writes a
// whole configuration, as `dino train --print-config` prints it:
//
//   { "format": 2,
//     "data": { "from": "scenes", "images": 2000, ... },
//     "model": { "backbone": { "imageSize": 24, ... }, ... }, ... }
//
// A file has every option: none is filled in from anywhere else, so that an old file never means something new.

import { isNonEmpty } from 'fp-ts/lib/Array.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { z } from 'zod'
import { dataOptions } from '../data/data-options.ts'
import { modelOptions } from '../model/model-options.ts'
import { objectiveOptions } from '../objective/objective-options.ts'
import { type Changes, cameAs, type Option, type Refusal, type Values } from '../options/option.ts'
import { amend, type Given, leavesOfOptions, readRecord, withGiven } from '../options/option-values.ts'
import { optimiserOptions } from '../step/optimiser-options.ts'
import { scheduleOptions } from '../step/step-options.ts'
import { viewOptions } from '../views/view-options.ts'
import { runOptions } from './run-options.ts'

/** Every option of a run. */
export const configurationOptions = {
  data: dataOptions,
  model: modelOptions,
  views: viewOptions,
  objective: objectiveOptions,
  optimiser: optimiserOptions,
  schedules: scheduleOptions,
  run: runOptions,
} as const

/** Everything that a run needs to know. */
export type Configuration = Values<typeof configurationOptions>

/** Some of it, at any depth. */
export type ConfigurationChanges = Changes<typeof configurationOptions>

/** A configuration with changes: `changed(configuration, { run: { batch: 16 } })`. */
export const changed: (configuration: Configuration, changes: ConfigurationChanges) => Configuration =
  amend(configurationOptions)

/** An option that does not fit the others: where it is, what it must be beside them, and what it is. */
interface Conflict {
  readonly path: string
  readonly allowed: (configuration: Configuration) => string
  readonly value: (configuration: Configuration) => unknown
  readonly fits: (configuration: Configuration) => boolean
}

const conflicts: readonly Conflict[] = [
  {
    path: 'model.backbone.heads',
    allowed: ({ model }) => `a divisor of features (${model.backbone.features})`,
    value: ({ model }) => model.backbone.heads,
    fits: ({ model: { backbone } }) => backbone.features % backbone.heads === 0,
  },
  {
    path: 'model.backbone.heads',
    allowed: ({ model }) =>
      `heads of a multiple of 4 of the ${model.backbone.features} features each, for rotary positions`,
    value: ({ model }) => model.backbone.heads,
    fits: ({ model: { backbone } }) =>
      backbone.positions !== 'rotary' || backbone.features % (4 * backbone.heads) === 0,
  },
  {
    path: 'model.head.normLastLayer',
    allowed: () => 'false where last-layer is plain, for its prototypes have any length',
    value: ({ model }) => model.head.normLastLayer,
    fits: ({ model: { head } }) => head.lastLayer !== 'plain' || !head.normLastLayer,
  },
  {
    path: 'model.backbone.patchSize',
    allowed: ({ model }) => `a divisor of image-size (${model.backbone.imageSize})`,
    value: ({ model }) => model.backbone.patchSize,
    fits: ({ model: { backbone } }) => backbone.imageSize % backbone.patchSize === 0,
  },
  {
    path: 'views.localSize',
    allowed: ({ model }) => `a multiple of patch-size (${model.backbone.patchSize})`,
    value: ({ views }) => views.localSize,
    fits: ({ views, model }) => views.localViews === 0 || views.localSize % model.backbone.patchSize === 0,
  },
  {
    path: 'run.accumulate',
    allowed: ({ run }) => `a divisor of batch (${run.batch})`,
    value: ({ run }) => run.accumulate,
    fits: ({ run }) => run.batch % run.accumulate === 0,
  },
  {
    path: 'run.batch',
    allowed: ({ run }) =>
      `at least ${2 * run.accumulate} where koleo-weight is more than 0, for one image has no neighbour`,
    value: ({ run }) => run.batch,
    fits: ({ run, objective }) => objective.koleo.weight === 0 || run.batch >= 2 * run.accumulate,
  },
  {
    path: 'model.backbone.maskToken',
    allowed: () => 'true where ibot-weight is more than 0',
    value: ({ model }) => model.backbone.maskToken,
    fits: ({ model, objective }) => objective.ibot.weight === 0 || model.backbone.maskToken,
  },
  {
    path: 'run.epochs',
    allowed: () => 'more than 0 where steps is 0',
    value: ({ run }) => run.epochs,
    fits: ({ run }) => run.steps > 0 || run.epochs > 0,
  },
]

/** The options that do not fit the others, each named by its path. */
const conflictsIn = (configuration: Configuration): Refusal[] =>
  conflicts
    .filter(({ fits }) => !fits(configuration))
    .map(({ path, allowed, value }) => ({
      name: path,
      allowed: allowed(configuration),
      came: cameAs(value(configuration)),
    }))

const flags: ReadonlyMap<string, string> = new Map(
  leavesOfOptions(configurationOptions).map(({ path, flag }) => [path.join('.'), `--${flag}`]),
)

/** A configuration with the values given by flag in place of its own, checked one by one and against each other. */
export const configure = (base: Configuration, given: Given): E.Either<Refusal, Configuration> =>
  pipe(
    withGiven(configurationOptions)(base, given),
    E.filterOrElse(
      configuration => conflictsIn(configuration).length === 0,
      configuration => {
        const [conflict] = conflictsIn(configuration)
        return { ...conflict, name: flags.get(conflict.name) ?? conflict.name }
      },
    ),
  )

/** The version of the files of a run. It changes when what is written changes its form or its meaning. */
export const format = 2

const fileOptions = {
  format: {
    kind: 'option',
    meaning: 'the version of the file',
    allowed: `${format}, the version of the file`,
    schema: z.literal(format),
    usual: format,
    spelling: { placeholder: '', fromText: text => text },
  } satisfies Option<typeof format>,
  ...configurationOptions,
} as const

/** A configuration as the text of a file. */
export const writeConfiguration = (configuration: Configuration): string =>
  `${JSON.stringify({ format, ...configuration }, null, 2)}\n`

/**
 * A configuration from JSON, or all that is wrong with it, each by its path. Every option must be there, and nothing
 * else.
 */
export const readConfiguration = (json: unknown): E.Either<NonEmptyArray<Refusal>, Configuration> =>
  pipe(
    readRecord(fileOptions)(json),
    E.map(({ format: _, ...configuration }): Configuration => configuration),
    E.chain(configuration => {
      const wrong = conflictsIn(configuration)
      return isNonEmpty(wrong) ? E.left(wrong) : E.right(configuration)
    }),
  )
