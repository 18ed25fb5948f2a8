// How fast each parameter moves and whether it decays, as a table over roles (DINO, utils.get_params_groups; DINOv2,
// param_groups.py). Biases, norms and layer scales, vectors in the public codes, are not decayed; tokens, positions and
// prototypes are. Prototypes stay as they are for the first steps. In DINOv2 a layer also moves the slower the lower it
// is, by 0.9 for each layer below the head, and the patch embedding five times slower still: with two blocks
//
//   patch embedding 0.2 * 0.9^3 = 0.146    tokens 0.729    blocks 0.81, 0.9    last norm and head 1

import type { optimisers, trees } from '../../lib/index.ts'
import type { Role } from '../model/network.ts'
import type { OptimiserOptions } from './optimiser-options.ts'

/** The options that the groups depend on. */
export interface GroupOptions extends Partial<Pick<OptimiserOptions, 'freezing' | 'undecayed' | 'patchRate'>> {
  /** Whether the gains of the prototypes stay 1. */
  readonly normLastLayer: boolean
  /** Steps at first in which the prototypes stay as they are. */
  readonly frozenSteps: number
  /** The factor of the learning rate for each layer below the head, and how many blocks there are. */
  readonly byLayer?: { readonly decay: number; readonly blocks: number }
}

/** The form of a parameter in the public codes; prototypes are matrices of the last layer. */
type Kind = 'matrix' | 'vector' | 'tokens' | 'prototypes'

/**
 * The kinds of all roles. The gains of weight normalisation are vectors in this project and matrices of one column in
 * the public codes, where they are decayed.
 */
const kinds: Readonly<Record<Role, Kind>> = {
  weight: 'matrix',
  bias: 'vector',
  norm: 'vector',
  'layer scale': 'vector',
  token: 'tokens',
  register: 'tokens',
  'mask token': 'tokens',
  position: 'tokens',
  'prototype direction': 'prototypes',
  'prototype gain': 'prototypes',
}

/** The kinds that are not decayed, for each choice; timm leaves out tokens too, solo-learn nothing. */
const undecayedKinds: Readonly<Record<OptimiserOptions['undecayed'], readonly Kind[]>> = {
  vectors: ['vector'],
  'vectors and tokens': ['vector', 'tokens'],
  nothing: [],
}

/** What makes tokens of patches: the one weight and bias at depth 0. */
const isPatchEmbedding = ({ role, depth }: trees.Part<Role>): boolean =>
  depth === 0 && (role === 'weight' || role === 'bias')

/** How prototypes begin. */
const frozen = (
  role: Role,
  { normLastLayer, frozenSteps, freezing = 'no gradient' }: GroupOptions,
): Pick<optimisers.ParameterGroup, 'frozenFor' | 'stillFor'> => {
  if (role === 'prototype gain' && normLastLayer) return { frozenFor: Number.POSITIVE_INFINITY }
  return freezing === 'zero rate' ? { frozenFor: 0, stillFor: frozenSteps } : { frozenFor: frozenSteps }
}

/**
 * The group of a parameter. Depth is 0 for what makes tokens, the block's number from 1 in a block, and one more than
 * the last block's for the last norm and the heads.
 *
 * @example
 * ```ts
 * import { dinoGroups } from 'functional-dino/dino'
 * const byLayer = { decay: 0.5, blocks: 2 }
 * const groupOf = dinoGroups({ normLastLayer: true, frozenSteps: 10, byLayer, patchRate: 0.25 })
 * const factor = (depth: number) => groupOf({ role: 'weight', depth }).learningRateFactor
 * [0, 1, 2, 3].map(factor) // => [0.03125, 0.25, 0.5, 1]
 * groupOf({ role: 'bias', depth: 1 }).weightDecayFactor // => 0
 * ```
 */
export const dinoGroups =
  (options: GroupOptions): ((part: trees.Part<Role>) => optimisers.ParameterGroup) =>
  part => {
    const { undecayed = 'vectors', patchRate = 1, byLayer } = options
    const kind = kinds[part.role]
    const layers = byLayer === undefined ? 1 : byLayer.decay ** (byLayer.blocks + 1 - part.depth)
    return {
      learningRateFactor: isPatchEmbedding(part) ? layers * patchRate : layers,
      weightDecayFactor: undecayedKinds[undecayed].includes(kind) ? 0 : 1,
      layerwise: kind !== 'vector',
      ...(kind === 'prototypes' ? frozen(part.role, options) : { frozenFor: 0 }),
    }
  }
