// The `evaluate knn` command: it prints how well the classes of pictures are told by their nearest neighbours in a
// labelled set. Three kinds of features are compared: those of a trained teacher, those of the network before training,
// and raw pixels.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { builtIn } from '../data/data-options.ts'
import { printable } from '../data/printable.ts'
import { type Both, score } from '../evaluate/judge.ts'
import { type KnnOptions, usualKnn } from '../evaluate/knn.ts'
import { sourceOf } from '../node/open.ts'
import { type FinishedRun, readRun } from '../node/record.ts'
import { cameAs, type Refusal, type Values } from '../options/option.ts'
import { number, text, whole } from '../options/option-rows.ts'
import type { Given } from '../options/option-values.ts'
import type { Configuration } from '../run/configuration.ts'
import { type Failure, failure } from '../run/failure.ts'
import { initialState } from '../run/initial.ts'
import { type ExecutorFlags, executorOptions, usingExecutor } from './executor-flags.ts'
import { readFlags } from './flags.ts'
import { type Asked, openBoth, printScores, viewBoth, watchedFeatures } from './judging.ts'
import { writeNeighbours } from './neighbour-sheet.ts'

const classFolder = 'a folder with a sub-folder for each class, or "scenes"'

/** The options of the command. */
export const knnOptions = {
  run: text(undefined, 'the folder of a finished run', 'a folder that dino train has written'),
  bank: text(
    undefined,
    'the labelled set in which neighbours are found; the data of the run if not given',
    classFolder,
  ),
  queries: text(undefined, 'other images of the same classes; for scenes those that training never saw', classFolder),
  k: whole([1, 10000], usualKnn.k, 'neighbours that vote'),
  temperature: number([0.001, 100], usualKnn.temperature, 'how fast the weight of a vote falls with distance'),
  images: whole([1, 10 ** 6], 1000, 'queries, where the built-in scenes are asked'),
  picture: text(
    undefined,
    'a picture of queries and their nearest neighbours to draw; none if not given',
    'a PNG file',
  ),
} as const

type KnnFlags = Values<typeof knnOptions>

interface Question {
  readonly sets: Both<Asked>
  readonly options: KnnOptions
  readonly picture: string | undefined
}

const required = (option: 'run' | 'queries'): Refusal => ({
  name: `--${option}`,
  allowed: knnOptions[option].allowed,
  came: cameAs(undefined),
})

const questionOf = (flags: KnnFlags, configuration: Configuration): E.Either<Refusal, Question> => {
  const bank = flags.bank ?? configuration.data.from
  const queries = flags.queries ?? (bank === builtIn ? builtIn : undefined)
  if (queries === undefined) return E.left(required('queries'))
  const { picture, k, temperature, images } = flags
  if (picture !== undefined && !picture.endsWith('.png'))
    return E.left({ name: '--picture', allowed: 'a file whose name ends in .png', came: picture })
  return E.right({
    sets: {
      bank: { source: { ...sourceOf(configuration, 'train'), data: bank }, flag: '--bank' },
      queries: { source: { ...sourceOf(configuration, 'test'), data: queries, images }, flag: '--queries' },
    },
    options: { k, temperature },
    picture,
  })
}

const runOf = ({ run }: KnnFlags): E.Either<Failure, FinishedRun> =>
  run === undefined ? E.left(failure('option')(required('run'))) : readRun(run, 'teacher')

const answer = ({ sets, options, picture }: Question, { configuration, network }: FinishedRun, flags: ExecutorFlags) =>
  pipe(
    openBoth(sets),
    TE.chainW(opened => viewBoth(opened, configuration.model.backbone.imageSize)),
    TE.bindTo('views'),
    TE.bind('features', ({ views }) =>
      usingExecutor(flags)(executor =>
        pipe(
          watchedFeatures('untrained network', initialState(configuration).teacher, configuration, views)(executor),
          TE.bindTo('untrained'),
          TE.bind('trained', () => watchedFeatures('trained teacher', network, configuration, views)(executor)),
        ),
      ),
    ),
    TE.chainFirstIOK(({ views, features }) => () => {
      const scores = [
        score('raw pixels', options, views, views),
        score('untrained network', options, views, features.untrained),
        score('trained teacher', options, views, features.trained),
      ]
      printScores(scores, options, views)
    }),
    TE.chain(({ views, features }): TE.TaskEither<Failure, void> => {
      if (picture === undefined) return TE.right(undefined)
      return pipe(
        writeNeighbours(picture, { sets: views.sets, views, features: features.trained }),
        TE.bimap(failure('record'), () =>
          console.log(`nearest neighbours by raw pixels and by the teacher: ${printable(picture)}`),
        ),
      )
    }),
  )

/** The command. */
export const knnCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    E.Do,
    E.bind('flags', () => readFlags(knnOptions)(given)),
    E.bind('executor', () => readFlags(executorOptions)(given)),
    E.bindW('run', ({ flags }) => runOf(flags)),
    E.bindW('question', ({ flags, run }) => pipe(questionOf(flags, run.configuration), E.mapLeft(failure('option')))),
    TE.fromEither,
    TE.chain(({ question, run, executor }) => answer(question, run, executor)),
  )
