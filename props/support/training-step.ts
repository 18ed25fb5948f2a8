// One step of training from the same state and the same batch, on any executor: in Node, in a browser, on a GPU.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { viewBatches } from '../../dino/run/batch.ts'
import { initialState } from '../../dino/run/initial.ts'
import { inputSpec, saying, stepInput } from '../../dino/run/input.ts'
import { stepOf } from '../../dino/run/recipe.ts'
import { type Executor, machine, type Run, trees } from '../../lib/index.ts'
import { closeTo } from '../golden/closeness.ts'
import { inMemory, right, tinyWith } from './training.ts'

/** What comes of a step, as plain numbers. */
export type Outcome = Readonly<Record<'loss' | 'centre' | 'gradient' | 'student' | 'teacher', readonly number[]>>

/** All numbers of a tree, leaf after leaf. */
const numbersOf = (tree: object): readonly number[] =>
  trees.leavesOf<'dense'>(tree).flatMap(([, { data }]) => Array.from(data))

/** Adam divides by the size of gradients; what it adds to that here is more than their rounding. */
const configuration = tinyWith({ optimiser: { epsilon: 1e-3 } })

const steps = 20

/** The loss of a step, and everything after it; the first moments are the gradient, times a tenth. */
export const takeStep: Run<Outcome> = (executor: Executor) =>
  pipe(
    TE.fromTask(async () => right(await viewBatches(configuration, inMemory(8))(0)())),
    TE.chain(({ views }) =>
      pipe(
        machine(stepOf(configuration, steps), initialState(configuration), inputSpec(configuration, steps))(executor),
        TE.bindTo('machine'),
        TE.bind('report', ({ machine }) =>
          machine.step(stepInput(configuration, views, 0, saying(configuration, steps)(3))),
        ),
        TE.bind('state', ({ machine }) => machine.state),
      ),
    ),
    TE.map(({ report, state }) => {
      const { student, teacher, objective, optimiser } = state
      return {
        loss: Array.from(report.loss.data),
        centre: numbersOf(objective),
        gradient: numbersOf(optimiser.first),
        student: numbersOf(student),
        teacher: numbersOf(teacher),
      }
    }),
  )

/** How far a float32 executor may be from the reference, of the largest entry: gradients further than values. */
const toleranceFor = (name: keyof Outcome): number => (name === 'gradient' ? 1e-4 : 1e-5)

/** Fails where what an executor made of the step is further from the reference than float32 explains. */
export const compareOutcomes = (expected: Outcome, outcome: Outcome): void => {
  for (const name of ['loss', 'centre', 'gradient', 'student', 'teacher'] as const)
    closeTo(expected[name], outcome[name], toleranceFor(name), name)
}
