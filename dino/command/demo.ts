// The `demo` command, which is `npm start`: it trains on the built-in scenes for about a minute and then prints how
// well held-out scenes are told apart by raw pixels, by the network before training, and by the trained teacher.

import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Executor } from '../../lib/index.ts'
import { printable } from '../data/printable.ts'
import { score } from '../evaluate/judge.ts'
import { usualKnn } from '../evaluate/knn.ts'
import { sourceOf } from '../node/open.ts'
import type { Given } from '../options/option-values.ts'
import { type Failure, failure } from '../run/failure.ts'
import { initialState } from '../run/initial.ts'
import { usingExecutor } from './executor-flags.ts'
import { openBoth, printScores, viewBoth, watchedFeatures } from './judging.ts'
import { writeNeighbours } from './neighbour-sheet.ts'
import { readTraining, type Training, tellFinished, unlessPrinted } from './train.ts'
import { trainRun } from './training-run.ts'

const heldOut = 1000
const picture = 'neighbours.png'

/** The sets to judge by are opened before training, so that nobody trains on data that cannot be judged. */
const demonstrate =
  ({ configuration, folder }: Training) =>
  (executor: Executor): TE.TaskEither<Failure, void> =>
    pipe(
      openBoth({
        bank: { source: sourceOf(configuration, 'train'), flag: '--data' },
        queries: { source: { ...sourceOf(configuration, 'test'), images: heldOut }, flag: '--data' },
      }),
      TE.bindTo('sets'),
      TE.bindW('finished', () => trainRun(configuration, folder)(executor)),
      TE.bindW('views', ({ sets }) => viewBoth(sets, configuration.model.backbone.imageSize)),
      TE.bindW('untrained', ({ views }) =>
        watchedFeatures('untrained network', initialState(configuration).teacher, configuration, views)(executor),
      ),
      TE.bindW('trained', ({ views, finished }) =>
        watchedFeatures('trained teacher', finished.trained.state.teacher, configuration, views)(executor),
      ),
      TE.chainFirstW(({ sets, views, trained }) =>
        pipe(writeNeighbours(join(folder, picture), { sets, views, features: trained }), TE.mapLeft(failure('record'))),
      ),
      TE.map(({ finished, views, untrained, trained }) => {
        tellFinished(finished)
        const scores = [
          score('raw pixels', usualKnn, views, views),
          score('untrained network', usualKnn, views, untrained),
          score('trained teacher', usualKnn, views, trained),
        ]
        printScores(scores, usualKnn, views)
        console.log(`nearest neighbours by raw pixels and by the teacher: ${printable(join(folder, picture))}`)
        console.log(`loss and signs of collapse: ${printable(join(folder, 'metrics.svg'))}`)
      }),
    )

/** The command. */
export const demoCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    TE.fromEither(readTraining(given)),
    TE.chain(unlessPrinted(training => usingExecutor(training.executor)(demonstrate(training)))),
  )
