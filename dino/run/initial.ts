// The state that training begins with.

import { type As, fold, initialise, keyOf } from '../../lib/index.ts'
import { network } from '../model/network.ts'
import { initialState as begin } from '../step/state.ts'
import type { Configuration } from './configuration.ts'
import { networkSizes, objectiveOf, optimiserOf, type RunState } from './plan.ts'

/** A student drawn from the seed; the teacher is a copy of it, the centre and the optimiser's moments are zero. */
export const initialState = (configuration: Configuration): As<'dense', RunState> => {
  const student = initialise(fold(keyOf(configuration.seed), 'network'))(network(networkSizes(configuration)))
  return begin(student, objectiveOf(configuration), optimiserOf(configuration, 1))
}
