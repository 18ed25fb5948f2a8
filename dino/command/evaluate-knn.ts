// The `evaluate knn` command: how well the nearest neighbours in a labelled set tell the class of the pictures of another, by
// the features of a trained teacher and, beside them, by those of the network before training and by raw pixels.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type KnnOptions, usualKnn } from '../evaluate/knn.ts'
import { builtIn, type Source } from '../node/open.ts'
import { type FinishedRun, type RecordError, readRun } from '../node/record.ts'
import { number, type OptionError, text, type Values, whole } from '../options/option.ts'
import type { Configuration } from '../run/configuration.ts'
import { initialState } from '../run/initial.ts'
import { type ExecutorFlags, executorOptions, usingExecutor } from './executor-flags.ts'
import type { Failure } from './failure.ts'
import { type Given, readGiven } from './flags.ts'
import { featuresOfBoth, judged, printScores, score } from './judge.ts'
import { writeNeighbours } from './neighbour-sheet.ts'

/** The options of the command. */
export const knnOptions = {
  run: text('the folder of a finished run', 'a folder that dino train has written'),
  bank: text(
    'the labelled set in which neighbours are found; the data of the run if not given',
    'a folder with a sub-folder for each class, or "scenes"',
  ),
  queries: text(
    'other images of the same classes; for scenes those that training never saw',
    'a folder with a sub-folder for each class, or "scenes"',
  ),
  k: whole(1, 10000, 'neighbours that vote'),
  temperature: number(0.001, 100, 'how fast the weight of a vote falls with distance'),
  images: whole(1, 10 ** 6, 'queries, where the built-in scenes are asked'),
  picture: text('a picture of queries and their nearest neighbours to draw; none if not given', 'a PNG file'),
} as const

/** What is taken where nothing is given. */
export const knnDefaults = { ...usualKnn, images: 1000 }

type KnnFlags = Partial<Values<typeof knnOptions>>

interface Question {
  readonly bank: Source
  readonly queries: Source
  readonly options: KnnOptions
  readonly picture: string | undefined
}

const required = (option: 'run' | 'queries'): OptionError => ({
  kind: 'option',
  option,
  allowed: knnOptions[option].allowed,
  came: 'nothing',
})

const questionOf = (
  flags: KnnFlags,
  { data, seed, images, imageSize }: Configuration,
): E.Either<OptionError, Question> => {
  const bank = flags.bank ?? data
  const queries = flags.queries ?? (bank === builtIn ? builtIn : undefined)
  if (queries === undefined) return E.left(required('queries'))
  const { picture } = flags
  if (picture !== undefined && !picture.endsWith('.png'))
    return E.left({ kind: 'option', option: 'picture', allowed: 'a file whose name ends in .png', came: picture })
  const { k, temperature, images: asked } = { ...knnDefaults, ...flags }
  return E.right({
    bank: { data: bank, seed, images, imageSize, part: 'train' },
    queries: { data: queries, seed, images: asked, imageSize, part: 'test' },
    options: { k, temperature },
    picture,
  })
}

const runOf = ({ run }: KnnFlags): E.Either<OptionError | RecordError, FinishedRun> =>
  run === undefined ? E.left(required('run')) : readRun(run, 'teacher')

const answer = ({ bank, queries, options, picture }: Question, run: FinishedRun, flags: ExecutorFlags) =>
  pipe(
    judged(bank, queries),
    TE.bindTo('views'),
    TE.bind('features', ({ views }) =>
      usingExecutor(flags)(executor =>
        pipe(
          featuresOfBoth('untrained network', initialState(run.configuration).teacher, views)(executor),
          TE.bindTo('untrained'),
          TE.bind('trained', () => featuresOfBoth('trained teacher', run.network, views)(executor)),
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
    TE.chain(({ views, features }) => {
      if (picture === undefined) return TE.right(undefined)
      const drawn = writeNeighbours(picture, { sets: views.sets, views, features: features.trained })
      return pipe(
        drawn,
        TE.map(() => console.log(`nearest neighbours by raw pixels and by the teacher: ${picture}`)),
      )
    }),
  )

/** The command. */
export const knnCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    E.Do,
    E.bind('flags', () => readGiven(knnOptions)(given)),
    E.bind('executor', () => readGiven(executorOptions)(given)),
    E.bindW('run', ({ flags }) => runOf(flags)),
    E.bindW('question', ({ flags, run }) => questionOf(flags, run.configuration)),
    TE.fromEither,
    TE.mapLeft((error): Failure => error),
    TE.chain(({ question, run, executor }) => answer(question, run, executor)),
  )
