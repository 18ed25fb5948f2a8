// Presets: named configurations, each as its changes of the usual values. Those are the values of DINO's public code
// (main_dino.py), with networks and views that a CPU can train. `dino presets` prints the presets.

import { publishedSizes } from '../model/vit-sizes.ts'
import { usualValues } from '../options/option-values.ts'
import { type Configuration, type ConfigurationChanges, changed, configurationOptions } from './configuration.ts'

/** A named configuration. */
export interface Preset {
  /** Its purpose and its cost. */
  readonly meaning: string
  /** The source of its values, and the reasons for its changes. */
  readonly source: string
  readonly changes: ConfigurationChanges
}

/** The built-in scenes in a minute. */
const scenes = {
  model: {
    backbone: { imageSize: 24, features: 64, depth: 2, heads: 4 },
    head: { prototypes: 128 },
    initialDeviation: 0.05,
  },
  views: {
    localSize: 12,
    globalArea: [0.3, 1],
    localArea: [0.2, 0.5],
    blur: [0, 0],
    jitter: 1,
    saturation: 0.8,
    hue: 0.5,
    grey: 0.5,
  },
  schedules: {
    learningRate: { base: 0.012 },
    teacherMomentum: { base: 0.98, final: 0.995 },
    teacherTemperature: { warm: 0.03, base: 0.03 },
  },
  run: { epochs: 16, batch: 32 },
} as const satisfies ConfigurationChanges

/** Pixels of a side of the images of the public codes. */
const imageSize = 224

/** The projection head of the public codes. */
const publicHead = { hidden: 2048, bottleneck: 256 } as const

/** Everything that DINOv2 changes in a backbone. */
const backboneV2 = { layerScale: 1e-5, maskToken: true, tokensNearZero: true, dropPathRule: 'uniform' } as const

/** The views of DINOv2; local ones are a multiple of patches of 14 pixels. */
const viewsV2 = { localViews: 8, localSize: 98, globalArea: [0.32, 1], localArea: [0.05, 0.32] } as const

/** The optimiser of DINOv2, but for its decay by layers. */
const optimiserV2 = { clipping: 'module', freezing: 'zero rate', patchRate: 0.2 } as const

/** Named configurations; `scenes` is the one that is taken where none is named. */
export const presets = {
  scenes: {
    meaning: 'the built-in scenes, about a minute on two cores',
    source:
      "this project; DINO's values (main_dino.py), but larger initial weights, a higher learning rate and a faster " +
      'teacher for a run of a thousand steps, and stronger changes of colour, for those of scenes tell nothing',
    changes: scenes,
  },
  'cifar-tiny': {
    meaning: 'CIFAR and other images of about 32 pixels in a folder, hours on two cores',
    source:
      "this project; DINO's values (main_dino.py), but larger initial weights, a higher learning rate and a faster " +
      'teacher for a short run of a small network, and no blur, which leaves nothing to be seen of such images ' +
      '(solo-learn on CIFAR)',
    changes: {
      data: { from: 'cifar10/train' },
      model: { backbone: { depth: 6 }, head: { prototypes: 1024 }, initialDeviation: 0.06 },
      views: { localArea: [0.1, 0.4], blur: [0, 0] },
      schedules: { learningRate: { base: 0.004 }, teacherMomentum: { base: 0.99 } },
      run: { epochs: 20 },
    },
  },
  photos: {
    meaning: 'a folder of photographs, a small network on views of 64 pixels, on a CPU',
    source:
      "this project; DINO's values (main_dino.py), but larger initial weights, a higher learning rate and a faster " +
      'teacher for a short run of a small network, and less blur, for views are small',
    changes: {
      data: { from: 'photos' },
      model: { backbone: { imageSize: 64, patchSize: 8 }, initialDeviation: 0.06 },
      views: { localSize: 32, blur: [0.1, 1] },
      schedules: { learningRate: { base: 0.004 }, teacherMomentum: { base: 0.99 } },
      run: { epochs: 100, batch: 16 },
    },
  },
  'scenes-v2': {
    meaning: 'the built-in scenes by the objectives of DINOv2, some minutes on two cores; it learns slower than scenes',
    source:
      'this project; the objectives of DINOv2 (ssl_default_config.yaml: iBOT, KoLeo; vitl14.yaml: Sinkhorn-Knopp) ' +
      'on the values of the preset scenes, for those of DINOv2 are made for millions of images and do badly on few ' +
      '(Imagenette, 200 epochs: DINO 83.8 % by k-NN, DINOv2 29.6 %; stable-pretraining, RESULTS.md)',
    changes: {
      ...scenes,
      model: { ...scenes.model, backbone: { ...scenes.model.backbone, maskToken: true } },
      objective: { assignment: 'sinkhorn', ibot: { weight: 0.5 }, koleo: { weight: 0.05 } },
    },
  },
  'cifar-small': {
    meaning: 'CIFAR and other images of about 32 pixels in a folder, an hour on a GPU',
    source:
      'this project; as cifar-tiny, with a network of the size that small vision transformers on CIFAR have ' +
      '(192 features, 12 blocks, 4096 prototypes), drop path as in main_dino.py, and a slower teacher for a longer run',
    changes: {
      data: { from: 'cifar10/train' },
      model: {
        backbone: { features: 192, depth: 12, heads: 3, dropPath: 0.1 },
        head: { hidden: 1024, bottleneck: 128, prototypes: 4096 },
        initialDeviation: 0.04,
      },
      views: { localViews: 6, localArea: [0.1, 0.4], blur: [0, 0] },
      schedules: { learningRate: { base: 0.001 }, teacherMomentum: { base: 0.994 } },
      run: { epochs: 100, batch: 256 },
    },
  },
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

/** The name of a preset. */
export type PresetName = keyof typeof presets

/** The names of the presets. */
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]]

/** The whole configuration of a preset. */
export const presetOf = (name: PresetName): Configuration =>
  changed(usualValues(configurationOptions), presets[name].changes)
