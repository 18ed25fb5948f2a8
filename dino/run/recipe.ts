// The recipe of a run: from its configuration to its objective, its optimiser and its step. Another recipe (DINOv2)
// would be another choice of these three; nothing else would change.

import { type Network, network } from '../model/network.ts'
import { centred } from '../objective/assignment.ts'
import { dino } from '../objective/dino.ts'
import type { Objective } from '../objective/objective.ts'
import type { Gathering } from '../step/gather.ts'
import { clipFor, optimiserFor } from '../step/optimiser.ts'
import type { State } from '../step/state.ts'
import { type StepInput, type StepOutput, trainStep } from '../step/step.ts'
import type { Configuration } from './configuration.ts'

/** The objective of a run. */
export const objectiveOf = ({ objective, model }: Configuration) =>
  dino({ ...objective, assignment: centred(objective.centreMomentum), normLastLayer: model.head.normLastLayer })

/** The optimiser of a run of so many steps. */
export const optimiserOf = ({ model, optimiser }: Configuration, steps: number) =>
  optimiserFor(optimiser, { tree: network(model), normLastLayer: model.head.normLastLayer, steps })

/** The step of a run of so many. */
export const stepOf = (configuration: Configuration, steps: number) =>
  trainStep({
    objective: objectiveOf(configuration),
    optimiser: optimiserOf(configuration, steps),
    clip: clipFor(configuration.optimiser),
  })

type Forms<O> = O extends Objective<infer _, infer S, infer I, infer M> ? { state: S; scheduled: I; metrics: M } : never
type Own = Forms<ReturnType<typeof objectiveOf>>

/** The state, which changes from step to step. */
export type RunState = State<Network, Own['state']>

/** The state as it stands on the executor: with what is gathered, where a batch is taken in parts. */
export type RunGathering = Gathering<Network, Own['state']>

/** The input of a step. */
export type RunInput = StepInput<Own['scheduled']>

/** The output of a step, for its report. */
export type RunReport = StepOutput<Own['metrics']>
