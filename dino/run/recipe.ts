// The recipe of a run: from its configuration to its objective, its optimiser and its step. Another recipe (DINOv2)
// would be another choice of these three; nothing else would change.

import { optimisers } from '../../lib/index.ts'
import { type Network, network } from '../model/network.ts'
import { formOf } from '../model/vit-form.ts'
import { centred } from '../objective/assignment.ts'
import { dino } from '../objective/dino.ts'
import type { Objective } from '../objective/objective.ts'
import { dinoGroups } from '../step/parameter-groups.ts'
import type { State } from '../step/state.ts'
import { type StepInput, type StepOutput, trainStep } from '../step/step.ts'
import type { OptimiserOptions } from '../step/step-options.ts'
import type { Configuration } from './configuration.ts'

/** The objective of a run. */
export const objectiveOf = ({ objective, model }: Configuration) =>
  dino({ ...objective, assignment: centred(objective.centreMomentum), normLastLayer: model.head.normLastLayer })

/** The optimiser of a run of so many steps. */
export const optimiserOf = ({ model, optimiser: options }: Configuration, steps: number) => {
  const frozenSteps = Math.round(options.freezeLastLayer * steps)
  const groups = dinoGroups({ normLastLayer: model.head.normLastLayer, frozenSteps })
  return optimisers.optimiser(optimisers.adamw(options))(network(model), groups)
}

const clips = { each: optimisers.clipEach, together: optimisers.clipTogether } as const

const clipOf = ({ clip, clipping }: OptimiserOptions): optimisers.Clip =>
  clip > 0 ? clips[clipping](clip) : optimisers.unclipped

/** The step of a run of so many. */
export const stepOf = (configuration: Configuration, steps: number) =>
  trainStep({
    form: formOf(configuration.model.backbone),
    objective: objectiveOf(configuration),
    optimiser: optimiserOf(configuration, steps),
    clip: clipOf(configuration.optimiser),
  })

type Forms<O> = O extends Objective<infer _, infer S, infer I, infer M> ? { state: S; scheduled: I; metrics: M } : never
type Own = Forms<ReturnType<typeof objectiveOf>>

/** The state, which changes from step to step. */
export type RunState = State<Network, Own['state']>

/** The input of a step. */
export type RunInput = StepInput<Own['scheduled']>

/** The output of a step, for its report. */
export type RunReport = StepOutput<Own['metrics']>
