// The options of the views: how many there are of an image, of what size, and the changes that they may undergo. The
// usual values are those of DINO's public code (main_dino.py, DataAugmentationDINO), with views of sizes that a CPU can
// train on. Each probability is that of making a change.

import type { Values } from '../options/option.ts'
import { choice, number, range, share, whole } from '../options/option-rows.ts'

/** The options of the views. The size of global views is that of the images which the network is made for. */
export const viewOptions = {
  localViews: whole([0, 64], 4, 'local views of each image'),
  localSize: whole([4, 1024], 16, 'pixels of a side of a local view'),
  globalArea: range([0.01, 1], [0.4, 1], 'part of the image that a global view shows'),
  localArea: range([0.01, 1], [0.05, 0.4], 'part of the image that a local view shows'),
  flip: share(0.5, 'probability of a mirrored view'),
  jitter: share(0.8, 'probability that the colours of a view are changed'),
  brightness: number([0, 10], 0.4, 'how much brightness is changed: factors from 1 - this to 1 + this'),
  contrast: number([0, 10], 0.4, 'how much contrast is changed'),
  saturation: number([0, 10], 0.2, 'how much saturation is changed'),
  hue: number([0, 0.5], 0.1, 'how far the hue is turned, as a part of the circle'),
  grey: share(0.2, 'probability of a grey view'),
  // Made for views of 224 and 96 pixels; of one of 32 or 16 it leaves nothing to be seen (solo-learn on CIFAR does not
  // blur).
  blur: range([0, 16], [0.1, 2], 'deviation of the blur in pixels; 0,0 does not blur'),
  blurred: choice(
    ['published', 'inverted'],
    'published',
    'how often global views and local ones are blurred: 1, 0.1 and 0.5, or 0, 0.9 and 0.5 (the code of DINOv2)',
  ),
  solarise: share(0.2, 'probability that the second global view is solarised'),
} as const

/** Which views are taken, and what may happen to them. */
export type ViewOptions = Values<typeof viewOptions>
