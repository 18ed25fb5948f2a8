// Judging features on the terminal: it opens a labelled bank and labelled queries, shows bars while pictures are read
// and features computed, and prints the table of scores.
//
//   k-NN accuracy: 1000 queries, bank of 2000, 10 classes, k 20, temperature 0.07
//     raw pixels          14.4 %
//     untrained network   31.7 %
//     trained teacher     51.3 %

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { As, Executor } from '../../lib/index.ts'
import { type PictureSet, showDataError } from '../data/picture-set.ts'
import { printable } from '../data/printable.ts'
import { type CentreViews, centreViews, type LabelledFeatures } from '../evaluate/features.ts'
import { areComparable, type Both, featuresOfBoth, type Judged, type Score } from '../evaluate/judge.ts'
import type { KnnOptions } from '../evaluate/knn.ts'
import type { Network } from '../model/network.ts'
import { formOf } from '../model/vit-form.ts'
import { openPictures, type Source } from '../node/open.ts'
import type { Configuration } from '../run/configuration.ts'
import { type Failure, type FailureOf, failure } from '../run/failure.ts'
import { startBar } from './progress.ts'
import { showTable } from './table.ts'

/** A set to open, and the flag that named it. */
export interface Asked {
  readonly source: Source
  readonly flag: string
}

const openLabelled = ({ source, flag }: Asked): TE.TaskEither<Failure, PictureSet> =>
  pipe(
    openPictures({ ...source, labelled: true }),
    TE.mapLeft(failure('data')),
    TE.filterOrElseW(
      ({ labels }) => labels !== undefined,
      () =>
        failure('option')({
          name: flag,
          allowed: 'a folder with a sub-folder for each class',
          came: JSON.stringify(source.data),
        }),
    ),
  )

/** Opens a bank and queries, which must have classes, and the same ones. */
export const openBoth = ({ bank, queries }: Both<Asked>): TE.TaskEither<Failure, Both<PictureSet>> =>
  pipe(
    TE.Do,
    TE.bind('bank', () => openLabelled(bank)),
    TE.bind('queries', () => openLabelled(queries)),
    TE.filterOrElseW(areComparable, sets =>
      failure('option')({
        name: queries.flag,
        allowed: printable(`a folder with the classes of the bank (${sets.bank.classes.join(', ')})`),
        came: printable(sets.queries.classes.join(', ')),
      }),
    ),
  )

const readViews =
  (label: string, set: PictureSet, size: number): TE.TaskEither<FailureOf<'data'>, CentreViews> =>
  async () => {
    const bar = startBar(label, set.names.length)
    const views = await centreViews(set, size, done => bar.update(done))()
    bar.stop()
    const skipped = [...set.skipped, ...views.skipped]
    for (const error of skipped) console.error(`skipped: ${showDataError(error)}`)
    const [first] = views.skipped
    const nothing = { kind: 'nothing readable', set: set.name, count: set.names.length, first } as const
    return views.count > 0 ? TE.right(views)() : TE.left(failure('data')(nothing))()
  }

/** Reads the centre views of both sets, of that many pixels a side. */
export const viewBoth = (sets: Both<PictureSet>, size: number): TE.TaskEither<FailureOf<'data'>, Judged> =>
  pipe(
    readViews('reading bank', sets.bank, size),
    TE.bindTo('bank'),
    TE.bind('queries', () => readViews('reading queries', sets.queries, size)),
    TE.map(views => ({ ...views, sets, classes: sets.bank.classes })),
  )

/** Features of bank and queries under a network of a run so configured, with a bar. */
export const watchedFeatures =
  (label: string, network: As<'dense', Network>, { model }: Configuration, views: Judged) =>
  (executor: Executor): TE.TaskEither<FailureOf<'run'>, Both<LabelledFeatures>> => {
    const bar = startBar(`features, ${label}`, views.bank.count + views.queries.count)
    return pipe(
      featuresOfBoth(network, formOf(model.backbone), views, done => bar.update(done))(executor),
      TE.mapLeft(failure('run')),
      TE.chainFirst(() => TE.fromIO(bar.stop)),
    )
  }

/** Prints scores as a table. */
export const printScores = (
  scores: readonly Score[],
  { k, temperature }: KnnOptions,
  { bank, queries, classes }: Judged,
): void => {
  const sets = `${queries.count} queries, bank of ${bank.count}, ${classes.length} classes`
  console.log(`k-NN accuracy: ${sets}, k ${k}, temperature ${temperature}`)
  const rows = scores.map(({ features, accuracy }) => [features, `${(100 * accuracy).toFixed(1)} %`])
  console.log(showTable(rows, ['left', 'right']))
}
