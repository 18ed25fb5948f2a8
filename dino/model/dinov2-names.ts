// The names of DINOv2's public PyTorch code (layers/block.py, layer_scale.py, swiglu_ffn.py) and those of timm, both of
// which are DINO's with more parts:
//
//                        DINOv2                    timm
//   registers            register_tokens           reg_token
//   maskToken            mask_token                (none)
//   blocks.0.scale1      blocks.0.ls1.gamma        blocks.0.ls1.gamma
//   mlp.factors.weight   blocks.0.mlp.w12.weight   blocks.0.mlp.fc1.weight      (SwiGLU: gate and up in one)
//   mlp.down.weight      blocks.0.mlp.w3.weight    blocks.0.mlp.fc2.weight      (SwiGLU)

import type { FeedForward } from './feed-forward.ts'
import { type Naming, type NamingRow, one, row } from './naming.ts'
import { dinoBackbone } from './public-weights.ts'

const layerScale = row(/^blocks\.(\d+)\.scale(\d)$/, 'blocks.$1.ls$2.gamma', 'feature')

const factorRows = (name: string): readonly NamingRow[] => [
  row(/^blocks\.(\d+)\.mlp\.factors\.weight$/, `blocks.$1.mlp.${name}.weight`, ['factor', 'hidden'], 'feature'),
  row(/^blocks\.(\d+)\.mlp\.factors\.bias$/, `blocks.$1.mlp.${name}.bias`, ['factor', 'hidden']),
]

const downRows: readonly NamingRow[] = [
  row(/^blocks\.(\d+)\.mlp\.down\.weight$/, 'blocks.$1.mlp.w3.weight', 'feature', 'hidden'),
  row(/^blocks\.(\d+)\.mlp\.down\.bias$/, 'blocks.$1.mlp.w3.bias', 'feature'),
]

/** DINOv2's names. */
export const dinov2Backbone = (feedForward: FeedForward): Naming => ({
  rows: [
    row(/^registers$/, 'register_tokens', one, 'token', 'feature'),
    row(/^maskToken$/, 'mask_token', one, 'feature'),
    layerScale,
    ...(feedForward === 'swiglu' ? [...factorRows('w12'), ...downRows] : []),
    ...dinoBackbone.rows,
  ],
})

/** timm's names (VisionTransformer, GluMlp). Its positions are others where there are registers: `weight-names.ts`. */
export const timmBackbone = (): Naming => ({
  rows: [
    row(/^registers$/, 'reg_token', one, 'token', 'feature'),
    layerScale,
    ...factorRows('fc1'),
    ...dinoBackbone.rows,
  ],
})
