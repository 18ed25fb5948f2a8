// The names of Hugging Face's Dinov2Model and Dinov2WithRegistersModel, in two versions: those that transformers 5 has
// in memory, and those of the published files (transformers 4), which the later ones read too.
//
//   blocks.0.attention.project.weight   is   encoder.layer.0.attention.q_proj.weight, k_proj and v_proj, or
//                                            encoder.layer.0.attention.attention.query.weight, key and value

import type { FeedForward } from './feed-forward.ts'
import { type Naming, type NamingRow, one, row, rowsAlong } from './naming.ts'

const perHead = ['head', 'channel']

/** The rows that both versions share. */
const shared: readonly NamingRow[] = [
  row(
    /^patch\.weight$/,
    'embeddings.patch_embeddings.projection.weight',
    'feature',
    'colour',
    'patchRow',
    'patchColumn',
  ),
  row(/^patch\.bias$/, 'embeddings.patch_embeddings.projection.bias', 'feature'),
  row(/^classToken$/, 'embeddings.cls_token', one, 'token', 'feature'),
  row(/^registers$/, 'embeddings.register_tokens', one, 'token', 'feature'),
  row(/^maskToken$/, 'embeddings.mask_token', one, 'feature'),
  row(/^position$/, 'embeddings.position_embeddings', one, 'token', 'feature'),
  row(/^norm\.(\w+)$/, 'layernorm.$1', 'feature'),
  row(/^blocks\.(\d+)\.norm(\d)\.(\w+)$/, 'encoder.layer.$1.norm$2.$3', 'feature'),
  row(/^blocks\.(\d+)\.scale(\d)$/, 'encoder.layer.$1.layer_scale$2.lambda1', 'feature'),
  row(/^blocks\.(\d+)\.mlp\.up\.weight$/, 'encoder.layer.$1.mlp.fc1.weight', 'hidden', 'feature'),
  row(/^blocks\.(\d+)\.mlp\.up\.bias$/, 'encoder.layer.$1.mlp.fc1.bias', 'hidden'),
]

/** The rows of attention, by what comes before the names of its four maps, and their names. */
const attentionRows = (inner: string, roles: readonly string[], out: string): readonly NamingRow[] => {
  const within = (kind: string) => roles.map(role => `encoder.layer.$1.attention.${inner}${role}.${kind}`)
  const own = /^blocks\.(\d+)\.attention\.project\./.source
  return [
    rowsAlong('role', new RegExp(`${own}weight$`), within('weight'), perHead, 'feature'),
    rowsAlong('role', new RegExp(`${own}bias$`), within('bias'), perHead),
    row(/^blocks\.(\d+)\.attention\.out\.weight$/, `encoder.layer.$1.attention.${out}.weight`, 'feature', perHead),
    row(/^blocks\.(\d+)\.attention\.out\.bias$/, `encoder.layer.$1.attention.${out}.bias`, 'feature'),
  ]
}

const downRows = (name: string): readonly NamingRow[] => [
  row(/^blocks\.(\d+)\.mlp\.down\.weight$/, `encoder.layer.$1.mlp.${name}.weight`, 'feature', 'hidden'),
  row(/^blocks\.(\d+)\.mlp\.down\.bias$/, `encoder.layer.$1.mlp.${name}.bias`, 'feature'),
]

/** SwiGLU as two tensors, the gate first. */
const gateAndUp = (kind: string): readonly string[] =>
  ['gate_proj', 'up_proj'].map(name => `encoder.layer.$1.mlp.${name}.${kind}`)

const swigluApart: readonly NamingRow[] = [
  rowsAlong('factor', /^blocks\.(\d+)\.mlp\.factors\.weight$/, gateAndUp('weight'), 'hidden', 'feature'),
  rowsAlong('factor', /^blocks\.(\d+)\.mlp\.factors\.bias$/, gateAndUp('bias'), 'hidden'),
]

const swigluTogether: readonly NamingRow[] = [
  row(
    /^blocks\.(\d+)\.mlp\.factors\.weight$/,
    'encoder.layer.$1.mlp.weights_in.weight',
    ['factor', 'hidden'],
    'feature',
  ),
  row(/^blocks\.(\d+)\.mlp\.factors\.bias$/, 'encoder.layer.$1.mlp.weights_in.bias', ['factor', 'hidden']),
]

/** The names that transformers 5 has in memory; a perceptron's second layer has another name than SwiGLU's. */
export const huggingfaceBackbone = (feedForward: FeedForward): Naming => ({
  rows: [
    ...shared,
    ...attentionRows('', ['q_proj', 'k_proj', 'v_proj'], 'o_proj'),
    ...swigluApart,
    ...downRows(feedForward === 'swiglu' ? 'down_proj' : 'fc2'),
  ],
})

/** The names in the published files, as `model.safetensors` beside `config.json` has them. */
export const huggingfaceFile = (feedForward: FeedForward): Naming => ({
  rows: [
    ...shared,
    ...attentionRows('attention.', ['query', 'key', 'value'], 'output.dense'),
    ...swigluTogether,
    ...downRows(feedForward === 'swiglu' ? 'weights_out' : 'fc2'),
  ],
})
