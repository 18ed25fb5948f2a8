// The optimiser and the clipping that options stand for. An optimiser says for each parameter of a network how it moves
// along its gradient (lib/tree/optimise.ts); the rule is one of three, and groups follow from roles and depths.

import { optimisers } from '../../lib/index.ts'
import type { NetworkTree } from '../model/network.ts'
import type { OptimiserOptions } from './optimiser-options.ts'
import { dinoGroups } from './parameter-groups.ts'

const rules = {
  adamw: (options: OptimiserOptions) => optimisers.optimiser(optimisers.adamw(options)),
  sgd: ({ momentum }: OptimiserOptions) => optimisers.optimiser(optimisers.sgd(momentum)),
  lars: ({ momentum, trust }: OptimiserOptions) => optimisers.optimiser(optimisers.lars(momentum, trust)),
} as const

/** Names of what a rule keeps of each parameter. */
export const keptBy: Readonly<Record<OptimiserOptions['rule'], readonly string[]>> = {
  adamw: optimisers.adamw().keeps,
  sgd: optimisers.sgd().keeps,
  lars: optimisers.lars().keeps,
}

/** The network that an optimiser moves, and the run in which it does. */
export interface Moved<M extends NetworkTree> {
  readonly tree: M
  /** Whether the gains of its prototypes stay 1. */
  readonly normLastLayer: boolean
  /** Steps of the run. */
  readonly steps: number
}

/** The optimiser of a network. */
export const optimiserFor = <M extends NetworkTree>(
  options: OptimiserOptions,
  { tree, normLastLayer, steps }: Moved<M>,
) => {
  const { rule, freezeLastLayer, layerDecay, freezing, undecayed, patchRate } = options
  const groups = dinoGroups({
    normLastLayer,
    frozenSteps: Math.round(freezeLastLayer * steps),
    freezing,
    undecayed,
    patchRate,
    byLayer: { decay: layerDecay, blocks: tree.backbone.blocks.length },
  })
  return rules[rule](options)(tree, groups)
}

const clips = {
  each: optimisers.clipEach,
  module: optimisers.clipModules,
  together: optimisers.clipTogether,
} as const

/** How gradients are cut. */
export const clipFor = ({ clip, clipping }: OptimiserOptions): optimisers.Clip =>
  clip > 0 ? clips[clipping](clip) : optimisers.unclipped
