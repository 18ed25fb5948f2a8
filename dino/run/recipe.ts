// The recipe of a run: from its configuration to its objective, its optimiser and its step.

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { type Network, network } from '../model/network.ts'
import { formOf } from '../model/vit-form.ts'
import { type Assignment, centred, sealed } from '../objective/assignment.ts'
import { dino } from '../objective/dino.ts'
import { gram } from '../objective/gram.ts'
import type { SignOfHealth } from '../objective/health.ts'
import { ibot } from '../objective/ibot.ts'
import { koleo } from '../objective/koleo.ts'
import type { Objective } from '../objective/objective.ts'
import type { ObjectiveOptions } from '../objective/objective-options.ts'
import { sinkhorn } from '../objective/sinkhorn.ts'
import { type Part, part, type States, together } from '../objective/together.ts'
import type { Gathering } from '../step/gather.ts'
import { clipFor, optimiserFor } from '../step/optimiser.ts'
import type { State } from '../step/state.ts'
import { type StepInput, type StepOutput, trainStep } from '../step/step.ts'
import type { Configuration } from './configuration.ts'

/** The way from logits of samples over `axes` to targets. */
const assignmentOf = <A extends string>(
  { assignment, centreMomentum, sinkhornTurns }: ObjectiveOptions,
  ...axes: readonly A[]
): Assignment<A, object, never> =>
  ({
    centre: sealed(centred(centreMomentum, ...axes)),
    sinkhorn: sealed(sinkhorn(sinkhornTurns, ...axes)),
  })[assignment]

/** The schedules that objectives read. */
type Read = 'teacherTemperature' | 'anchorRefresh'

/** What may stand beside DINO. */
const besides = ({ objective, model }: Configuration): Readonly<Record<string, Part<Network, Read, string>>> => ({
  ibot: part(
    objective.ibot.weight,
    ibot({
      assignment: assignmentOf(objective, 'global', 'batch', 'token'),
      studentTemperature: objective.studentTemperature,
      normLastLayer: model.head.normLastLayer,
    }),
  ),
  koleo: part(objective.koleo.weight, koleo),
  gram: part(objective.gram.weight, gram(formOf(model.backbone))),
})

/** The objective of a run: DINO, and beside it everything that has a weight. */
export const objectiveOf = (configuration: Configuration): Objective<Network, States, Read, SignOfHealth> => {
  const { objective, model } = configuration
  const own = dino({
    assignment: assignmentOf(objective, 'global', 'batch'),
    studentTemperature: objective.studentTemperature,
    pairing: objective.pairing,
    normLastLayer: model.head.normLastLayer,
  })
  return together(
    'dino',
    part(objective.weight, own),
    RR.filter(({ weight }: Part<Network, Read, string>) => weight > 0)(besides(configuration)),
  )
}

/** The optimiser of a run of so many steps. */
export const optimiserOf = ({ model, optimiser }: Configuration, steps: number) =>
  optimiserFor(optimiser, { tree: network(model), normLastLayer: model.head.normLastLayer, steps })

/** The step of a run of so many. */
export const stepOf = (configuration: Configuration, steps: number) =>
  trainStep({
    form: formOf(configuration.model.backbone),
    objective: objectiveOf(configuration),
    optimiser: optimiserOf(configuration, steps),
    clip: clipFor(configuration.optimiser),
    teacher: configuration.schedules.teacherMomentum.teacher === 'previous step' ? 'behind' : 'abreast',
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
