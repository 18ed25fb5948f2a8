// The options of the networks' sizes. Each means what it means in DINO's public code (vision_transformer.py); the usual
// values make a vision transformer that a CPU can train.

import { called, number, onOff, whole } from '../options/option-rows.ts'

/** The options of the networks. */
export const modelOptions = {
  backbone: {
    imageSize: whole([4, 1024], 32, 'pixels of a side of a global view'),
    patchSize: whole([1, 64], 4, 'pixels of a side of a patch'),
    features: whole([1, 8192], 96, 'features of a token'),
    depth: whole([1, 64], 4, 'transformer blocks'),
    heads: whole([1, 64], 3, 'attention heads'),
    mlpRatio: number([0.25, 16], 4, 'hidden features of a block for each feature'),
    dropPath: number([0, 0.9], 0, 'probability that the last block of the student drops a branch; earlier blocks less'),
  },
  head: {
    layers: called('head-layers', whole([1, 8], 3, 'layers of the projection head')),
    hidden: called('head-hidden', whole([1, 65536], 256, 'hidden features of the head')),
    bottleneck: whole([1, 65536], 64, 'features of the bottleneck of the head'),
    prototypes: whole([2, 10 ** 6], 512, 'prototypes, the classes that the networks make up'),
    normLastLayer: onOff(true, 'whether prototypes keep length 1'),
  },
  initialDeviation: number([0, 10], 0.02, 'deviation of initial weights'),
} as const
