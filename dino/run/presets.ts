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

/** Named configurations; `scenes` is the one that is taken where none is named. */
export const presets = {
  scenes: {
    meaning: 'the built-in scenes, about a minute on two cores',
    source:
      "this project; DINO's values (main_dino.py), but larger initial weights, a higher learning rate and a faster " +
      'teacher for a run of a thousand steps, and stronger changes of colour, for those of scenes tell nothing',
    changes: {
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
    },
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
  'vit-small': {
    meaning: 'ViT-S/16 on ImageNet, for a GPU and much time',
    source: "Caron et al. 2021 with the defaults of DINO's public code (main_dino.py)",
    changes: {
      data: { from: 'imagenet/train' },
      model: {
        backbone: { ...publishedSizes.small, imageSize: 224, patchSize: 16, dropPath: 0.1 },
        head: { hidden: 2048, bottleneck: 256, prototypes: 65536 },
      },
      views: { localViews: 8, localSize: 96 },
      run: { epochs: 100 },
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
