// Check-ups in the course of a run: now and then the teacher is judged on pictures that are held out, and it is seen
// how far one step moves the student. Pictures are opened, and the features of networks compiled, at the first
// check-up; a teacher that cannot be judged is told, and the run goes on without.
//
//   every 100 steps      { knn: 0.285, rank: 17.2, relativeMove: 0.0011 }      at steps 0, 100, 200, ...

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type As, type Executor, type RunError, random } from '../../lib/index.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import { type SampleSize, sampleOf } from '../data/sample.ts'
import { type CheckUp, checkingUp, type HeldOut } from '../evaluate/check-up.ts'
import { centreViews } from '../evaluate/features.ts'
import type { Network } from '../model/network.ts'
import { formOf } from '../model/vit-form.ts'
import { colours } from '../views/picture.ts'
import type { Configuration } from './configuration.ts'
import { type FailureOf, failure } from './failure.ts'
import type { RunState } from './recipe.ts'
import { relativeMove } from './relative-move.ts'
import type { Progress } from './saved.ts'

/** What is known of a step at which there is a check-up: of the teacher before it, and of the step itself. */
export interface CheckedStep extends CheckUp {
  /** How far the step moved the student (`relativeMove`). */
  readonly relativeMove: number
}

/** Judges a teacher. */
export type Judge = (teacher: As<'dense', Network>) => TE.TaskEither<FailureOf<'run' | 'data'>, CheckUp>

/** The most classes, and pictures of each, of a check-up; the bank has twice as many as the queries. */
const usualSample: SampleSize = { classes: 10, bank: 40, queries: 20 }

/** The most bytes that the views of a check-up take. */
const mostBytes = 2 ** 27

/** The usual sample, or as much of it as there is room for. */
const sampleFor = (size: number): SampleSize => {
  const { classes, bank, queries } = usualSample
  const room = mostBytes / (4 * colours * size * size * classes * (bank + queries))
  const fit = (count: number): number => Math.max(1, Math.floor(count * Math.min(1, room)))
  return { classes, bank: fit(bank), queries: fit(queries) }
}

const heldOutFrom =
  (set: PictureSet, { run, model }: Configuration): TE.TaskEither<DataError, HeldOut> =>
  async () => {
    const size = model.backbone.imageSize
    const sample = sampleOf(set, sampleFor(size), random.fold(random.keyOf(run.seed), 'held out'))
    const silent = () => undefined
    const [bank, queries] = [
      await centreViews(sample.bank, size, silent)(),
      await centreViews(sample.queries, size, silent)(),
    ]
    const [first] = [...bank.skipped, ...queries.skipped]
    if (bank.count === 0)
      return E.left({ kind: 'nothing readable', set: set.name, count: sample.bank.names.length, first })
    return E.right({ bank, queries, classes: set.labels === undefined ? 0 : set.classes.length })
  }

/** A judge on a sample of the pictures that `open` gives, which follows from the seed. */
export const heldOutJudge = (
  configuration: Configuration,
  open: TE.TaskEither<DataError, PictureSet>,
  executor: Executor,
): Judge => {
  const begin = (like: As<'dense', Network>) =>
    pipe(
      open,
      TE.chain(set => heldOutFrom(set, configuration)),
      TE.mapLeft(failure('data')),
      TE.chainW(heldOut =>
        pipe(checkingUp(like, formOf(configuration.model.backbone), heldOut)(executor), TE.mapLeft(failure('run'))),
      ),
    )()
  let begun: ReturnType<typeof begin> | undefined
  return teacher => async () => {
    begun ??= begin(teacher)
    const check = await begun
    return E.isLeft(check) ? check : pipe(check.right(teacher), TE.mapLeft(failure('run')))()
  }
}

/** A run whose teacher may be judged on the way. */
export interface Judged {
  readonly configuration: Configuration
  readonly steps: number
  /** Judges the teacher every `healthEvery` steps, and whenever the state is told. */
  readonly judge?: Judge
}

type State = TE.TaskEither<RunError, As<'dense', RunState>>
type Found = TE.TaskEither<FailureOf<'run'>, Partial<CheckUp>>

/** Judges the teacher of each step once; not at all where there is no judge, or once its pictures cannot be read. */
const judging = (judge: Judge | undefined, tell: (error: DataError) => void) => {
  let given = judge
  let last: { readonly step: number; readonly found: CheckUp } | undefined
  return (step: number, teacher: As<'dense', Network>): Found =>
    async () => {
      if (given === undefined) return E.right({})
      if (last?.step === step) return E.right(last.found)
      const found = await given(teacher)()
      if (E.isRight(found)) last = { step, found: found.right }
      else if (found.left.source === 'run') return E.left(found.left)
      else {
        given = undefined
        tell(found.left.error)
      }
      return E.isRight(found) ? found : E.right({})
    }
}

/** The check-ups of a run that is shorter than `healthEvery` are none. */
export const checkUpsOf = ({ configuration, steps, judge }: Judged, state: State, tell: (error: DataError) => void) => {
  const { healthEvery } = configuration.run
  const healthy = healthEvery > 0 && healthEvery <= steps
  const check = judging(healthy ? judge : undefined, tell)
  const reached = pipe(state, TE.mapLeft(failure('run')))
  return {
    /** A step with its check-up, where one is due. */
    around: <F, R extends object>(step: number, take: TE.TaskEither<F, R>) =>
      healthy && step % healthEvery === 0
        ? pipe(
            TE.Do,
            TE.bind('before', () => reached),
            TE.bind('found', ({ before }) => check(step, before.teacher)),
            TE.bindW('report', () => take),
            TE.bindW('after', () => reached),
            TE.map(({ before, found, report, after }) => ({
              ...report,
              ...found,
              relativeMove: relativeMove(before.student, after.student),
            })),
          )
        : take,
    /** The state before a step, judged. */
    progress: (step: number): TE.TaskEither<FailureOf<'run'>, Progress> =>
      pipe(
        reached,
        TE.bindTo('state'),
        TE.bind('found', ({ state: { teacher } }) => check(step, teacher)),
        TE.map(({ state: own, found: { knn } }) => ({ state: own, step, ...(knn === undefined ? {} : { knn }) })),
      ),
  }
}
