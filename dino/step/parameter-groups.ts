// DINO's treatment of its parameters, as a table over their roles (utils.get_params_groups and main_dino.py). Biases,
// norms and layer scales are not decayed; tokens, positions and prototypes are, as in the public code. Prototypes stay
// as they are for the first steps.

import type { optimisers, trees } from '../../lib/index.ts'
import type { Role } from '../model/network.ts'

/** The options that the groups depend on. */
export interface GroupOptions {
  /** Whether the gains of the prototypes stay 1. */
  readonly normLastLayer: boolean
  /** Steps at first in which the prototypes stay as they are. */
  readonly frozenSteps: number
}

const decayed: optimisers.ParameterGroup = { learningRateFactor: 1, weightDecayFactor: 1, frozenFor: 0 }
const undecayed: optimisers.ParameterGroup = { ...decayed, weightDecayFactor: 0 }

/** The group of a parameter. */
export const dinoGroups = ({
  normLastLayer,
  frozenSteps,
}: GroupOptions): ((part: trees.Part<Role>) => optimisers.ParameterGroup) => {
  const prototypes = { ...decayed, frozenFor: frozenSteps }
  const groups: Readonly<Record<Role, optimisers.ParameterGroup>> = {
    weight: decayed,
    bias: undecayed,
    norm: undecayed,
    'layer scale': undecayed,
    token: decayed,
    register: decayed,
    'mask token': decayed,
    position: decayed,
    'prototype direction': prototypes,
    'prototype gain': normLastLayer ? { ...prototypes, frozenFor: Number.POSITIVE_INFINITY } : prototypes,
  }
  return ({ role }) => groups[role]
}
