// Named configurations. What is not said is as in DINO's public code; the last preset is that code's own.

import type { Configuration } from './configuration.ts'

/** What the presets share: the defaults of DINO's public code (main_dino.py), in sizes that a CPU can do. */
const common: Configuration = {
  data: 'scenes',
  seed: 1,
  epochs: 10,
  steps: 0,
  batch: 64,
  images: 2000,
  saveEvery: 500,
  imageSize: 32,
  patchSize: 4,
  features: 96,
  depth: 4,
  heads: 3,
  mlpRatio: 4,
  dropPath: 0,
  initialDeviation: 0.02,
  headLayers: 3,
  headHidden: 256,
  bottleneck: 64,
  prototypes: 512,
  normLastLayer: true,
  localViews: 4,
  localSize: 16,
  globalArea: [0.4, 1],
  localArea: [0.05, 0.4],
  blur: [0.1, 2],
  flip: 0.5,
  jitter: 0.8,
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.2,
  hue: 0.1,
  grey: 0.2,
  solarise: 0.2,
  pairing: 'other views',
  studentTemperature: 0.1,
  teacherTemperature: 0.04,
  warmTeacherTemperature: 0.04,
  teacherTemperatureWarmup: 0,
  centreMomentum: 0.9,
  teacherMomentum: 0.996,
  finalTeacherMomentum: 1,
  learningRate: 0.0005,
  finalLearningRate: 1e-6,
  learningRateWarmup: 0.1,
  weightDecay: 0.04,
  finalWeightDecay: 0.4,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 3,
  clipping: 'each',
  freezeLastLayer: 0.01,
}

/**
 * What is tried first, in about a minute on two cores: the built-in scenes. So few steps want larger initial weights and a
 * faster teacher, and colours that tell nothing want views that change them much.
 */
const scenes: Configuration = {
  ...common,
  epochs: 16,
  batch: 32,
  imageSize: 24,
  features: 64,
  depth: 2,
  heads: 4,
  initialDeviation: 0.05,
  prototypes: 128,
  localSize: 12,
  globalArea: [0.3, 1],
  localArea: [0.2, 0.5],
  blur: [0, 0],
  jitter: 1,
  saturation: 0.8,
  hue: 0.5,
  grey: 0.5,
  teacherTemperature: 0.03,
  warmTeacherTemperature: 0.03,
  teacherMomentum: 0.98,
  finalTeacherMomentum: 0.995,
  learningRate: 0.012,
}

/** CIFAR and other images of about 32 pixels, on a CPU. */
const cifarTiny: Configuration = {
  ...common,
  data: 'cifar10/train',
  epochs: 20,
  depth: 6,
  prototypes: 1024,
  localArea: [0.1, 0.4],
  blur: [0, 0],
  initialDeviation: 0.06,
  teacherMomentum: 0.99,
  learningRate: 0.004,
}

/** Photographs on a CPU: a small network on views of 64 pixels. */
const photos: Configuration = {
  ...common,
  data: 'photos',
  epochs: 100,
  batch: 16,
  imageSize: 64,
  patchSize: 8,
  localSize: 32,
  blur: [0.1, 1],
  initialDeviation: 0.06,
  teacherMomentum: 0.99,
  learningRate: 0.004,
}

/** ViT-S/16 with the defaults of DINO's public code (main_dino.py): for a GPU and much time. */
const vitSmall: Configuration = {
  ...common,
  data: 'imagenet/train',
  epochs: 100,
  imageSize: 224,
  patchSize: 16,
  features: 384,
  depth: 12,
  heads: 6,
  dropPath: 0.1,
  headHidden: 2048,
  bottleneck: 256,
  prototypes: 65536,
  localViews: 8,
  localSize: 96,
}

/** Named configurations. */
export const presets = { scenes, 'cifar-tiny': cifarTiny, photos, 'vit-small': vitSmall } as const
export type Preset = keyof typeof presets
