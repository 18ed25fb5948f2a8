// The state of training, all that changes from step to step: the two networks, the objective's state and the
// optimiser's. The number of steps is not in it: the host counts them, and saves the number with the state.

import type { As, optimisers } from '../../lib/index.ts'
import type { Objective } from '../objective/objective.ts'

/** The state of training networks of the form `N` by an objective with a state of the form `S`. */
export interface State<N, S> {
  readonly student: N
  readonly teacher: N
  readonly objective: S
  readonly optimiser: optimisers.Kept<N>
}

/** The state before the first step: the teacher is a copy of the student. */
export const firstState = <N extends object, S extends object, I extends string, M extends string>(
  student: As<'dense', N>,
  objective: Objective<N, S, I, M>,
  optimiser: optimisers.Optimiser<N>,
): State<As<'dense', N>, As<'dense', S>> => ({
  student,
  teacher: student,
  objective: objective.initial(student),
  optimiser: optimiser.initial(student),
})
