// The sizes of the published vision transformers, by the letter that the papers give them. A head has 64 channels in
// all of them. Any other sizes may be chosen; patches have 16, 8 or (DINOv2) 14 pixels a side.
//
//   vit({ ...publishedSizes.small, imageSize: 224, patchSize: 16 })      DINO's ViT-S/16, 21.7 million parameters

import type { VitSizes } from './vit.ts'

/** The sizes that a letter stands for. */
export type PublishedSizes = Pick<VitSizes, 'features' | 'depth' | 'heads' | 'mlpRatio'> &
  Required<Pick<VitSizes, 'feedForward'>>

/**
 * Tiny, small and base: DINO, vision_transformer.py (Touvron et al. 2021, table 1); large: Dosovitskiy et al. 2021,
 * table 1, and DINOv2, vision_transformer.py; giant: DINOv2, the same and its configuration vitg14.yaml, whose blocks
 * have SwiGLU of 4096 hidden features.
 */
export const publishedSizes = {
  tiny: { features: 192, depth: 12, heads: 3, mlpRatio: 4, feedForward: 'perceptron' },
  small: { features: 384, depth: 12, heads: 6, mlpRatio: 4, feedForward: 'perceptron' },
  base: { features: 768, depth: 12, heads: 12, mlpRatio: 4, feedForward: 'perceptron' },
  large: { features: 1024, depth: 24, heads: 16, mlpRatio: 4, feedForward: 'perceptron' },
  giant: { features: 1536, depth: 40, heads: 24, mlpRatio: 4, feedForward: 'swiglu' },
} as const satisfies Readonly<Record<string, PublishedSizes>>
