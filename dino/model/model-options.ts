// The options of the networks' sizes and forms. Each means what it means in the public codes (DINO and DINOv2,
// vision_transformer.py and dino_head.py); the usual values make a vision transformer of DINO that a CPU can train.

import { called, choice, number, onOff, whole } from '../options/option-rows.ts'
import { dropPathRules } from './drop-path.ts'
import { feedForwards } from './feed-forward.ts'
import { lastLayers } from './head.ts'
import { positionKinds } from './vit-form.ts'

/** The options of the networks. */
export const modelOptions = {
  backbone: {
    imageSize: whole([4, 1024], 32, 'pixels of a side of a global view'),
    patchSize: whole([1, 64], 4, 'pixels of a side of a patch'),
    features: whole([1, 8192], 96, 'features of a token'),
    depth: whole([1, 64], 4, 'transformer blocks'),
    heads: whole([1, 64], 3, 'attention heads'),
    mlpRatio: number([0.25, 16], 4, 'hidden features of a block for each feature; SwiGLU has two thirds of them'),
    feedForward: choice(feedForwards, 'perceptron', 'the part of a block after attention'),
    layerScale: number([0, 1], 0, 'factor of the branches of a block at first, learned (DINOv2: 1e-5); 0 has none'),
    registers: whole([0, 64], 0, 'register tokens beside the class token'),
    maskToken: onOff(false, 'whether there is a token that stands for hidden patches'),
    tokensNearZero: onOff(false, 'whether class and register tokens begin all but zero, as in DINOv2'),
    positions: choice(positionKinds, 'learned', 'how tokens are told where they are'),
    positionOffset: number([0, 1], 0.1, 'patches added to the wanted number when learned positions are resized'),
    positionAntialias: onOff(false, 'whether resizing learned positions to fewer patches averages over more of them'),
    rotaryBase: number([1, 10 ** 6], 100, 'longest period of rotary positions'),
    dropPath: number([0, 0.9], 0, 'probability that the last block of the student drops a branch'),
    dropPathRule: choice(dropPathRules, 'linear', 'whether earlier blocks drop less, or all alike, as in DINOv2'),
  },
  head: {
    layers: called('head-layers', whole([1, 8], 3, 'layers of the projection head')),
    hidden: called('head-hidden', whole([1, 65536], 256, 'hidden features of the head')),
    bottleneck: whole([1, 65536], 64, 'features of the bottleneck of the head'),
    prototypes: whole([2, 10 ** 6], 512, 'prototypes, the classes that the networks make up'),
    lastLayer: choice(lastLayers, 'weight norm', 'whether prototypes have a length of their own (DINOv3: plain)'),
    normLastLayer: onOff(true, 'whether prototypes keep length 1'),
  },
  patchHead: {
    separate: called('patch-head', onOff(false, 'whether patches have a projection head of their own for iBOT')),
    bottleneck: called('patch-bottleneck', whole([1, 65536], 64, 'features of the bottleneck of that head')),
    prototypes: called('patch-prototypes', whole([2, 10 ** 6], 512, 'prototypes of that head')),
  },
  initialDeviation: number([0, 10], 0.02, 'deviation of initial weights'),
} as const
