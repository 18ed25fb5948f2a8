// Presets: named configurations, each as its changes of the usual values. Those are the values of DINO's public code
// (main_dino.py), with networks and views that a CPU can train. `dino presets` prints the presets.

import { usualValues } from '../options/option-values.ts'
import { type Configuration, type ConfigurationChanges, changed, configurationOptions } from './configuration.ts'
import { type Preset, publicPresets } from './public-presets.ts'

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
    meaning: 'the built-in scenes by the objectives of DINOv2 (iBOT, KoLeo, Sinkhorn-Knopp), a minute on two cores',
    source:
      'this project; the objectives of DINOv2 (ssl_default_config.yaml: iBOT, KoLeo; vitl14.yaml: Sinkhorn-Knopp) ' +
      'on the values of the preset scenes, for those of DINOv2 are made for millions of images and do badly on few ' +
      '(Imagenette, 200 epochs: DINO 83.8 % by k-NN, DINOv2 29.6 %; stable-pretraining, RESULTS.md). In batches of ' +
      '32 the weights are small, and few patches are hidden: after 496 steps k-NN told 46.1 % by Sinkhorn-Knopp, ' +
      '46.5 % with KoLeo at 0.001, 41.4 % at 0.01, and 39.9 % by a centre with iBOT at 0.5. A higher learning ' +
      'rate gave 48.8 %, and 48.6 % with iBOT as here; twice as many steps gave less',
    changes: {
      ...scenes,
      model: { ...scenes.model, backbone: { ...scenes.model.backbone, maskToken: true } },
      objective: {
        assignment: 'sinkhorn',
        ibot: { weight: 0.05, views: 0.25, ratio: [0.1, 0.2] },
        koleo: { weight: 0.001 },
      },
      schedules: { ...scenes.schedules, learningRate: { base: 0.018 } },
      run: { epochs: 8, batch: 32 },
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
  ...publicPresets,
} as const satisfies Readonly<Record<string, Preset>>

/** The name of a preset. */
export type PresetName = keyof typeof presets

/** The names of the presets. */
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]]

/** The whole configuration of a preset. */
export const presetOf = (name: PresetName): Configuration =>
  changed(usualValues(configurationOptions), presets[name].changes)
