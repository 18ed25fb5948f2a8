// The score of a kind of features: the part of some labelled queries whose class is told by their nearest neighbours in
// a labelled bank. The features of both are those of a network, or raw pixels.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { As, Executor, RunError } from '../../lib/index.ts'
import type { PictureSet } from '../data/picture-set.ts'
import type { Network } from '../model/network.ts'
import type { VitForm } from '../model/vit-form.ts'
import { type CentreViews, featuresOf, type LabelledFeatures } from './features.ts'
import { type KnnOptions, knnAccuracy } from './knn.ts'

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

/** A bank and queries can be compared if their classes are the same. */
export const areComparable = ({ bank, queries }: Both<PictureSet>): boolean =>
  JSON.stringify(bank.classes) === JSON.stringify(queries.classes)

/** The part of the queries whose class the bank's features tell. */
export const score = (
  features: string,
  options: KnnOptions,
  { classes }: Pick<Judged, 'classes'>,
  { bank, queries }: Both<LabelledFeatures>,
): Score => ({
  features,
  accuracy: knnAccuracy({ ...bank, classes: classes.length }, options)(queries, queries.labels),
})

/** Features of bank and queries under a network of that form; `progress` hears how many of all are done. */
export const featuresOfBoth =
  (
    network: As<'dense', Network>,
    form: VitForm,
    { bank, queries }: Both<CentreViews>,
    progress: (done: number) => void,
  ) =>
  (executor: Executor): TE.TaskEither<RunError, Both<LabelledFeatures>> =>
    pipe(
      featuresOf(network, form, bank, progress)(executor),
      TE.bindTo('bank'),
      TE.bind('queries', () => featuresOf(network, form, queries, done => progress(bank.count + done))(executor)),
    )
