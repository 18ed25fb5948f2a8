// The presets of the public recipes, as their papers and codes have them: for large GPUs and days, and to look up what
// those recipes are.

import { publishedSizes } from '../model/vit-sizes.ts'
import type { ConfigurationChanges } from './configuration.ts'

/** A named configuration. */
export interface Preset {
  /** Its purpose and its cost. */
  readonly meaning: string
  /** The source of its values, and the reasons for its changes. */
  readonly source: string
  readonly changes: ConfigurationChanges
}

/** Pixels of a side of the images of the public codes. */
const imageSize = 224

/** The projection head of the public codes. */
const publicHead = { hidden: 2048, bottleneck: 256 } as const

/** Everything that DINOv2 changes in a backbone. */
const backboneV2 = { layerScale: 1e-5, maskToken: true, tokensNearZero: true, dropPathRule: 'uniform' } as const

/** The views of DINOv2; local ones are a multiple of patches of 14 pixels. */
const viewsV2 = {
  localViews: 8,
  localSize: 98,
  globalArea: [0.32, 1],
  localArea: [0.05, 0.32],
  blurred: 'inverted',
} as const

/** The optimiser of DINOv2, but for its decay by layers. */
const optimiserV2 = { clipping: 'module', freezing: 'zero rate', patchRate: 0.2 } as const

/** The recipes of DINO and DINOv2. */
export const publicPresets = {
  'dino-vits16': {
    meaning: 'ViT-S/16 on ImageNet, for a large GPU and days',
    source: "Caron et al. 2021 with the defaults of DINO's public code (main_dino.py)",
    changes: {
      data: { from: 'imagenet/train' },
      model: {
        backbone: { ...publishedSizes.small, imageSize, patchSize: 16, dropPath: 0.1 },
        head: { ...publicHead, prototypes: 65536 },
      },
      views: { localViews: 8, localSize: 96 },
      run: { epochs: 100 },
    },
  },
  'dinov2-vits14': {
    meaning: 'ViT-S/14 by DINOv2 on ImageNet, for large GPUs and days',
    source:
      'Oquab et al. 2024 with the defaults of the public code (ssl_default_config.yaml), ViT-S with patches of 14',
    changes: {
      data: { from: 'imagenet/train' },
      model: {
        backbone: { ...publishedSizes.small, imageSize, patchSize: 14, ...backboneV2, dropPath: 0.3 },
        head: { ...publicHead, prototypes: 65536, normLastLayer: false },
      },
      views: viewsV2,
      objective: { ibot: { weight: 1 }, koleo: { weight: 0.1 } },
      optimiser: { ...optimiserV2, layerDecay: 0.9 },
      schedules: {
        learningRate: { base: 0.004, scaling: 'square root', warmup: 0.1 },
        teacherMomentum: { base: 0.992 },
        teacherTemperature: { warm: 0.04, base: 0.07, warmup: 0.3 },
      },
      run: { epochs: 100, batch: 1024 },
    },
  },
  'dinov2-vitl14': {
    meaning: 'ViT-L/14 by DINOv2, the published recipe, for a cluster of GPUs',
    source:
      'Oquab et al. 2024 with the public code (ssl_default_config.yaml and train/vitl14.yaml; 96 GPUs of 32 images)',
    changes: {
      data: { from: 'imagenet22k/train' },
      model: {
        backbone: {
          ...publishedSizes.large,
          imageSize,
          patchSize: 14,
          ...backboneV2,
          dropPath: 0.4,
          feedForward: 'swiglu',
        },
        head: { ...publicHead, bottleneck: 384, prototypes: 131072, normLastLayer: false },
        patchHead: { separate: true, bottleneck: 256, prototypes: 131072 },
      },
      views: viewsV2,
      objective: { assignment: 'sinkhorn', ibot: { weight: 1 }, koleo: { weight: 0.1 } },
      optimiser: { ...optimiserV2, layerDecay: 1, freezeLastLayer: 0.002 },
      schedules: {
        learningRate: { base: 0.0002, scaling: 'square root', warmup: 0.16 },
        weightDecay: { final: 0.2 },
        teacherMomentum: { base: 0.994 },
        teacherTemperature: { warm: 0.04, base: 0.07, warmup: 0.06 },
      },
      run: { epochs: 500, batch: 3072 },
    },
  },
} as const satisfies Readonly<Record<string, Preset>>
