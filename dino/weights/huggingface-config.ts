// The files beside Hugging Face's model.safetensors: config.json, which says what model it is, and
// preprocessor_config.json, which says how pictures become its input. Read, the first says how many heads there are,
// which no tensor tells.
//
//   { "model_type": "dinov2", "hidden_size": 384, "num_attention_heads": 6, ... }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { imageNet } from '../views/colour.ts'
import type { Backbone } from './backbone-tensors.ts'

const readable = z.object({
  model_type: z.enum(['dinov2', 'dinov2_with_registers']),
  num_attention_heads: z.number().int().min(1),
  layer_norm_eps: z.number().optional(),
  qkv_bias: z.literal(true).optional(),
  hidden_act: z.literal('gelu').optional(),
})

/** The norm of every published model, and of the networks here. */
const usualEpsilon = 1e-6

/** The heads in the text of a config.json, or why that is of no model that is known here. */
export const readHuggingfaceConfig = (text: string): E.Either<string, { readonly heads: number }> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => 'it is no JSON',
    ),
    E.chain(json => {
      const read = readable.safeParse(json)
      if (!read.success)
        return E.left(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
      const { num_attention_heads: heads, layer_norm_eps: epsilon = usualEpsilon } = read.data
      return epsilon === usualEpsilon
        ? E.right({ heads })
        : E.left(`layer_norm_eps: expected ${usualEpsilon}, came ${epsilon}`)
    }),
  )

/** The config.json of a backbone. Fractions with their usual values are left out: transformers tells 1 from 1.0. */
export const huggingfaceConfig = ({ sizes }: Backbone): Readonly<Record<string, unknown>> => {
  const { registers = 0 } = sizes
  return {
    architectures: [registers > 0 ? 'Dinov2WithRegistersModel' : 'Dinov2Model'],
    model_type: registers > 0 ? 'dinov2_with_registers' : 'dinov2',
    ...(registers > 0 ? { num_register_tokens: registers } : {}),
    hidden_size: sizes.features,
    num_hidden_layers: sizes.depth,
    num_attention_heads: sizes.heads,
    mlp_ratio: sizes.mlpRatio,
    image_size: sizes.imageSize,
    patch_size: sizes.patchSize,
    num_channels: 3,
    qkv_bias: true,
    hidden_act: 'gelu',
    layer_norm_eps: usualEpsilon,
    use_swiglu_ffn: sizes.feedForward === 'swiglu',
    use_mask_token: true,
    dtype: 'float32',
  }
}

/** Resized to 8/7 of what is cut out of the middle, as for 256 and 224. */
export const huggingfacePreprocessor = ({ sizes }: Backbone): Readonly<Record<string, unknown>> => {
  const crop = Math.min(sizes.imageSize, 224)
  return {
    image_processor_type: 'BitImageProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: Math.round((crop * 256) / 224) },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: crop, width: crop },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: imageNet.mean,
    image_std: imageNet.deviation,
  }
}
