// Judging features by nearest neighbours: a labelled bank, labelled queries, features of both, and the table of scores.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { As, Executor } from '../../lib/index.ts'
import { type PictureSet, showDataError } from '../data/picture-set.ts'
import { type CentreViews, centreViews, featuresOf, type LabelledFeatures } from '../evaluate/features.ts'
import { type KnnOptions, knnAccuracy } from '../evaluate/knn.ts'
import type { Network } from '../model/network.ts'
import { openPictures, type Source } from '../node/open.ts'
import type { Failure } from './failure.ts'
import { startBar } from './progress.ts'

/** A labelled bank and labelled queries. */
export interface Both<F> {
  readonly bank: F
  readonly queries: F
}

/** A bank and queries as centre views. */
export interface Judged extends Both<CentreViews> {
  readonly sets: Both<PictureSet>
  readonly classes: readonly string[]
}

/** A line of the result: whose features, and the part of the queries whose class they tell. */
export interface Score {
  readonly features: string
  readonly accuracy: number
}

const readViews = async (label: string, set: PictureSet, size: number): Promise<CentreViews> => {
  const bar = startBar(label, set.names.length)
  const views = await centreViews(set, size, done => bar.update(done))()
  bar.stop()
  for (const error of views.skipped) console.error(`skipped: ${showDataError(error)}`)
  return views
}

const openLabelled = (source: Source): TE.TaskEither<Failure, PictureSet> =>
  pipe(
    openPictures({ ...source, labelled: true }),
    TE.mapLeft((error): Failure => error),
    TE.filterOrElse(
      ({ labels }) => labels !== undefined,
      (): Failure => ({
        kind: 'option',
        option: source.part === 'train' ? 'bank' : 'queries',
        allowed: 'a folder with a sub-folder for each class',
        came: JSON.stringify(source.data),
      }),
    ),
  )

/** A bank and queries can be compared if their classes are the same. */
const sameClasses = ({ bank, queries }: Both<PictureSet>): boolean =>
  bank.classes.join('/') === queries.classes.join('/')

/** Opens both sets and reads their centre views. */
export const judged = (bank: Source, queries: Source): TE.TaskEither<Failure, Judged> =>
  pipe(
    TE.Do,
    TE.bind('bank', () => openLabelled(bank)),
    TE.bind('queries', () => openLabelled(queries)),
    TE.filterOrElse(
      sameClasses,
      (sets): Failure => ({
        kind: 'option',
        option: 'queries',
        allowed: `a folder with the classes of the bank (${sets.bank.classes.join(', ')})`,
        came: sets.queries.classes.join(', '),
      }),
    ),
    TE.chain(sets =>
      TE.fromTask(async () => ({
        sets,
        bank: await readViews('reading bank', sets.bank, bank.imageSize),
        queries: await readViews('reading queries', sets.queries, queries.imageSize),
        classes: sets.bank.classes,
      })),
    ),
  )

/** The share of queries whose class the bank's features tell. */
export const score = (
  features: string,
  options: KnnOptions,
  { classes }: Judged,
  { bank, queries }: Both<LabelledFeatures>,
): Score => ({
  features,
  accuracy: knnAccuracy({ ...bank, classes: classes.length }, options)(queries, queries.labels),
})

/** Features of bank and queries under a network. */
export const featuresOfBoth =
  (label: string, network: As<'dense', Network>, { bank, queries }: Judged) =>
  (executor: Executor): TE.TaskEither<Failure, Both<LabelledFeatures>> => {
    const bar = startBar(`features, ${label}`, bank.count + queries.count)
    return pipe(
      featuresOf(network, bank, done => bar.update(done))(executor),
      TE.bindTo('bank'),
      TE.bind('queries', () => featuresOf(network, queries, done => bar.update(bank.count + done))(executor)),
      TE.mapLeft((error): Failure => error),
      TE.chainFirst(() => TE.fromIO(bar.stop)),
    )
  }

/** Prints scores as a table. */
export const printScores = (
  scores: readonly Score[],
  { k, temperature }: KnnOptions,
  { bank, queries, classes }: Judged,
): void => {
  const width = Math.max(...scores.map(({ features }) => features.length))
  const sets = `${queries.count} queries, bank of ${bank.count}, ${classes.length} classes`
  console.log(`k-NN accuracy: ${sets}, k ${k}, temperature ${temperature}`)
  for (const { features, accuracy } of scores)
    console.log(`  ${features.padEnd(width)}  ${(100 * accuracy).toFixed(1).padStart(5)} %`)
}
