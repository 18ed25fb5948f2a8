// One step of training as tests meet it: from the initial state, on pictures of noise, on any executor. All that comes
// of it is plain numbers by the paths of parameters, so that a change of the step's own records is a change here:
//
//   stepTaken({ configuration, steps: 20, step: 0 })(reference)      the loss, gradients and networks after that step

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { viewBatches } from '../../dino/run/batch.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { initialState } from '../../dino/run/initial.ts'
import { inputSpec, saying, stepInput } from '../../dino/run/input.ts'
import { type RunInput, type RunReport, type RunState, stepOf } from '../../dino/run/recipe.ts'
import { type As, type Dense, dense, type Executor, machine, type Run, trees } from '../../lib/index.ts'
import { centreIn } from './centre-in.ts'
import { closeTo } from './closeness.ts'
import { right } from './results.ts'
import type { Moment } from './step-given.ts'
import { inMemory, tinyWith } from './training.ts'

/** What a branch of a block is multiplied by in the views of one group: 0 drops it, 1 keeps it as it is. */
export type Factor = (branch: {
  readonly group: 'global' | 'local'
  readonly block: number
  readonly branch: 'attention' | 'perceptron'
}) => number

/** A step to take: with the masks that are drawn for it, or with factors in their place. */
export interface AskedStep extends Moment {
  readonly factor?: Factor
}

/** A mask of the same sizes with the factors of one group. */
const filled = <A extends string>(
  mask: Dense<A | 'block'>,
  group: 'global' | 'local',
  factor: Factor,
): Dense<A | 'block'> => {
  const each = mask.data.length / mask.sizes.block / 2
  const data = mask.data.map((_, at) => {
    const place = Math.floor(at / each)
    return factor({ group, block: Math.floor(place / 2), branch: place % 2 === 0 ? 'attention' : 'perceptron' })
  })
  return dense(mask.sizes, data)
}

const withFactors = (input: As<'dense', RunInput>, factor: Factor | undefined): As<'dense', RunInput> => {
  const { globalMasks, localMasks } = input.batch
  if (factor === undefined || globalMasks?.drop === undefined || localMasks?.drop === undefined) return input
  const batch = {
    ...input.batch,
    globalMasks: { drop: filled(globalMasks.drop, 'global', factor) },
    localMasks: { drop: filled(localMasks.drop, 'local', factor) },
  }
  return { ...input, batch }
}

/** The values of each leaf of a tree, by its path. */
export type Leaves = ReadonlyMap<string, readonly number[]>

const leaves = (tree: object, change: (value: number) => number = value => value): Leaves =>
  new Map(trees.leavesOf<'dense'>(tree).map(([path, { data }]) => [path, Array.from(data, change)]))

/** What comes of a step that is the first for its networks and its optimiser. */
export interface StepSeen {
  readonly loss: number
  /** All numbers that follow from the teacher's outputs and nothing else: the next centre, entropies, spread. */
  readonly ofTeacher: readonly number[]
  readonly centre: readonly number[]
  /** Of the student's parameters, after they were cut. */
  readonly gradients: Leaves
  readonly before: Leaves
  readonly student: Leaves
  readonly teacher: Leaves
}

const seen = (
  { optimiser: { beta1 } }: Configuration,
  before: As<'dense', RunState>,
  { student, teacher, objective, optimiser }: As<'dense', RunState>,
  { loss, teacherEntropy, meanEntropy, spread }: As<'dense', RunReport>,
): StepSeen => ({
  loss: loss.data[0],
  ofTeacher: [teacherEntropy, meanEntropy, spread, centreIn(objective)].flatMap(({ data }) => Array.from(data)),
  centre: Array.from(centreIn(objective).data),
  gradients: leaves(optimiser.first, value => value / (1 - beta1)),
  before: leaves(before.student),
  student: leaves(student),
  teacher: leaves(teacher),
})

/** A step from the initial state, on pictures of noise. */
export const stepTaken =
  ({ configuration, steps, step, factor }: AskedStep): Run<StepSeen> =>
  executor => {
    const start = initialState(configuration)
    const said = saying(configuration, steps)(step)
    return pipe(
      TE.fromTask(async () => right(await viewBatches(configuration, inMemory(8))(step)())),
      TE.bind('machine', () => machine(stepOf(configuration, steps), start, inputSpec(configuration, steps))(executor)),
      TE.bind('report', ({ machine, views }) =>
        machine.step(withFactors(stepInput(configuration, views, step, said), factor)),
      ),
      TE.bind('state', ({ machine }) => machine.state),
      TE.map(({ report, state }) => seen(configuration, start, state, report)),
    )
  }

/** What comes of a step, as lists of numbers that can be sent from one process to another. */
export type Outcome = Readonly<Record<'loss' | 'centre' | 'gradient' | 'student' | 'teacher', readonly number[]>>

const numbersOf = (tree: Leaves): readonly number[] => [...tree.values()].flat()

/** Adam divides by the size of gradients; what it adds to that here is more than their rounding. */
const usual: Moment = { configuration: tinyWith({ optimiser: { epsilon: 1e-3 } }), steps: 20, step: 3 }

/** The same step on any executor: in Node, in a browser, on a GPU. */
export const takeStep: Run<Outcome> = (executor: Executor) =>
  pipe(
    stepTaken(usual)(executor),
    TE.map(({ loss, centre, gradients, student, teacher }) => ({
      loss: [loss],
      centre,
      gradient: numbersOf(gradients),
      student: numbersOf(student),
      teacher: numbersOf(teacher),
    })),
  )

/** How far a float32 executor may be from the reference, of the largest entry: gradients further than values. */
const toleranceFor = (name: keyof Outcome): number => (name === 'gradient' ? 1e-4 : 1e-5)

/** Fails where what an executor made of the step is further from the reference than float32 explains. */
export const compareOutcomes = (expected: Outcome, outcome: Outcome): void => {
  for (const name of ['loss', 'centre', 'gradient', 'student', 'teacher'] as const)
    closeTo(expected[name], outcome[name], toleranceFor(name), name)
}
