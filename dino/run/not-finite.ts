// The end of a run by a number that is not finite. The step itself moved nothing (`dino/step/guard.ts`), so that the
// state is still the last good one: it is told as the run's progress, to be saved, and the step's graph is searched on
// it for the first value that is not finite.
//
//   { kind: 'not finite', step: 12, loss: NaN, first: { operation: 'exp', place: { scopes: ['block 1', ...] }, ... } }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type As, type Executor, executors, type RunError, type Scalar, type Step, trees } from '../../lib/index.ts'
import { settled } from '../step/gather.ts'
import { areAllFinite } from '../step/guard.ts'
import type { ScheduledValues } from '../step/step-options.ts'
import { type FailureOf, failure } from './failure.ts'
import type { RunGathering, RunInput, RunReport } from './recipe.ts'
import type { Progress } from './saved.ts'

/** Whether a step moved the state: its loss, its gradients and what it was told were all finite. */
export const isSound = (
  { loss, gradientLength }: Readonly<Record<'loss' | 'gradientLength', number>>,
  scheduled: ScheduledValues,
): boolean => areAllFinite([loss, gradientLength, ...Object.values<number>(scheduled)])

const isFinite = (tree: object): boolean =>
  trees.leavesOf<'dense'>(tree).every(([, { data }]) => data.every(Number.isFinite))

/** The numbers on which it depends whether a step is sound, beside what it was told. */
const ends = ({ loss, gradientLength }: RunReport): readonly Scalar[] => [loss, gradientLength]

/**
 * Why a step was not sound. The state is told only if it is finite, as it is on every executor that compares numbers
 * that are not as IEEE 754 says. A search that fails, for want of memory or a lost device, finds nothing.
 */
export const brokenOff =
  (
    step: Step<RunGathering, RunInput, RunReport>,
    state: TE.TaskEither<RunError, As<'dense', RunGathering>>,
    tell: (progress: Progress) => void,
  ) =>
  (number: number, loss: number, input: As<'dense', RunInput>) =>
  (executor: Executor): TE.TaskEither<FailureOf<'run' | 'training'>, never> =>
  async () => {
    const last = await state()
    if (E.isLeft(last)) return E.left(failure('run')(last.left))
    const kept = settled(last.right)
    if (isFinite(kept)) tell({ state: kept, step: number })
    const found = await executors.firstNotFiniteIn(step, last.right, input, ends)(executor)()
    const first = pipe(
      found,
      E.getOrElse((): O.Option<executors.NotFinite> => O.none),
      O.toUndefined,
    )
    return E.left(
      failure('training')({ kind: 'not finite', step: number, loss, ...(first === undefined ? {} : { first }) }),
    )
  }
