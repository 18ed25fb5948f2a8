// The `demo` command, which is `npm start`: trains on the built-in scenes for about a minute, and shows what came of it: how
// well held-out scenes are told apart by raw pixels, by the network before training, and by the trained teacher.

import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Executor } from '../../lib/index.ts'
import { usualKnn } from '../evaluate/knn.ts'
import { initialState } from '../run/initial.ts'
import { usingExecutor } from './executor-flags.ts'
import type { Failure } from './failure.ts'
import type { Given } from './flags.ts'
import { featuresOfBoth, judged, printScores, score } from './judge.ts'
import { writeNeighbours } from './neighbour-sheet.ts'
import { readTraining, type Training, tellFinished } from './train.ts'
import { sourceOf, trainRun } from './training-run.ts'

const heldOut = 1000
const picture = 'neighbours.png'

const demonstrate =
  ({ configuration, folder }: Training) =>
  (executor: Executor): TE.TaskEither<Failure, void> =>
    pipe(
      trainRun(configuration, folder)(executor),
      TE.bindTo('finished'),
      TE.bind('views', () =>
        judged(sourceOf(configuration, 'train'), { ...sourceOf(configuration, 'test'), images: heldOut }),
      ),
      TE.bind('untrained', ({ views }) =>
        featuresOfBoth('untrained network', initialState(configuration).teacher, views)(executor),
      ),
      TE.bind('trained', ({ views, finished }) =>
        featuresOfBoth('trained teacher', finished.trained.state.teacher, views)(executor),
      ),
      TE.chainFirstW(({ views, trained }) =>
        writeNeighbours(join(folder, picture), { sets: views.sets, views, features: trained }),
      ),
      TE.map(({ finished, views, untrained, trained }) => {
        tellFinished(finished)
        const scores = [
          score('raw pixels', usualKnn, views, views),
          score('untrained network', usualKnn, views, untrained),
          score('trained teacher', usualKnn, views, trained),
        ]
        printScores(scores, usualKnn, views)
        console.log(`nearest neighbours by raw pixels and by the teacher: ${join(folder, picture)}`)
        console.log(`loss and signs of collapse: ${join(folder, 'metrics.svg')}`)
      }),
    )

/** The command. */
export const demoCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    TE.fromEither<Failure, Training>(readTraining(given)),
    TE.chain(training => usingExecutor(training.executor)(demonstrate(training))),
  )
