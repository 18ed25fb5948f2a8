// The step of this project that a case describes, as `dino train` takes it, ready for a machine.

import { initialState } from '../../../dino/run/initial.ts'
import { stepInput } from '../../../dino/run/input.ts'
import { optimiserOf, stepOf } from '../../../dino/run/recipe.ts'
import { viewsOf } from '../cases/beginning.ts'
import type { StepCase } from '../cases/cases.ts'
import { configurationOf, scheduledOf } from '../cases/own-configuration.ts'

/** The step, the state that it begins with, and its input at each turn from 0. */
export const ownStep = (given: StepCase) => {
  const configuration = configurationOf(given)
  const [views, scheduled, { clocks }] = [viewsOf(given), scheduledOf(given), optimiserOf(configuration, 1)]
  return {
    step: stepOf(configuration, 1),
    state: initialState(configuration),
    inputAt: (turn: number) => stepInput(configuration, views, turn, { scheduled, clocks: clocks(turn) }),
  }
}
