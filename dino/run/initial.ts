// The state that training begins with.

import { type As, dense, denseScalar, elements, fold, initialise, keyOf, mapTree } from '../../lib/index.ts'
import { network } from '../model/network.ts'
import type { State } from '../step/step.ts'
import type { Configuration } from './configuration.ts'
import { networkSizes } from './plan.ts'

/** A student drawn from the seed; the teacher is a copy of it, the centre and the optimiser's moments are zero. */
export const initialState = (configuration: Configuration): As<'dense', State> => {
  const tree = network(networkSizes(configuration))
  const student = initialise(fold(keyOf(configuration.seed), 'network'))(tree)
  const zeros = mapTree<'initialiser', 'dense'>(({ sizes }) => dense(sizes, new Float32Array(elements(sizes))))(tree)
  const { prototypes } = configuration
  return {
    student,
    teacher: student,
    centre: dense({ prototype: prototypes }, new Float32Array(prototypes)),
    moments: { first: zeros, second: zeros },
    step: denseScalar(0),
  }
}
