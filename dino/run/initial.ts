// The state that training begins with, drawn from the seed of the configuration.

import { type As, initialisers, random } from '../../lib/index.ts'
import { network } from '../model/network.ts'
import { toGather } from '../step/gather.ts'
import { firstState } from '../step/state.ts'
import type { Configuration } from './configuration.ts'
import { objectiveOf, optimiserOf, type RunGathering, type RunState } from './recipe.ts'

/** A student drawn from the seed; the teacher is a copy of it, and objective and optimiser have their first states. */
export const initialState = (configuration: Configuration): As<'dense', RunState> => {
  const student = initialisers.initialise(random.fold(random.keyOf(configuration.run.seed), 'network'))(
    network(configuration.model),
  )
  return firstState(student, objectiveOf(configuration), optimiserOf(configuration, 1))
}

/** A state as a machine takes it: where a batch is taken in parts, with a place for what they gather. */
export const standing = ({ run }: Configuration, state: As<'dense', RunState>): As<'dense', RunGathering> =>
  run.accumulate > 1 ? toGather(state) : state
