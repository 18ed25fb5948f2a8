// A check-up of a network on a few pictures that are held out: how well their classes are told by nearest neighbours,
// and how many directions its features use. It is small enough to be done again and again while a network is trained.
//
//   { knn: 0.405, rank: 12.3 }

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { As, Executor, RunError } from '../../lib/index.ts'
import type { Network } from '../model/network.ts'
import type { VitForm } from '../model/vit-form.ts'
import { effectiveRank } from './effective-rank.ts'
import { type CentreViews, featuring, type LabelledFeatures } from './features.ts'
import type { Both } from './judge.ts'
import { knnAccuracy, usualKnn } from './knn.ts'

/** The results of a check-up. */
export interface CheckUp {
  /** The part of the queries whose class is told (`knnAccuracy`); none where there are no classes. */
  readonly knn?: number
  /** The effective rank of all features (`effectiveRank`). */
  readonly rank: number
}

/** Pictures that are held out, and how many classes they have, 0 for none. */
export interface HeldOut extends Both<CentreViews> {
  readonly classes: number
}

/** The check-up of features. */
export const checkUpOf = ({ bank, queries }: Both<LabelledFeatures>, classes: number): CheckUp => {
  const data = new Float32Array(bank.data.length + queries.data.length)
  data.set(bank.data)
  data.set(queries.data, bank.data.length)
  const rank = effectiveRank({ count: bank.count + queries.count, dimensions: bank.dimensions, data })
  const knowable = classes > 1 && bank.count > 0 && queries.count > 0
  return knowable ? { knn: knnAccuracy({ ...bank, classes }, usualKnn)(queries, queries.labels), rank } : { rank }
}

/** Compiles the check-up of networks like `like`, which see as `form` says, on pictures that are held out. */
export const checkingUp =
  (like: As<'dense', Network>, form: VitForm, { bank, queries, classes }: HeldOut) =>
  (executor: Executor): TE.TaskEither<RunError, (network: As<'dense', Network>) => TE.TaskEither<RunError, CheckUp>> =>
    pipe(
      featuring(like, form, bank)(executor),
      TE.map(features => network => {
        const silent = () => undefined
        return pipe(
          TE.Do,
          TE.bind('bank', () => features(network, bank, silent)),
          TE.bind('queries', () => features(network, queries, silent)),
          TE.map(both => checkUpOf(both, classes)),
        )
      }),
    )
