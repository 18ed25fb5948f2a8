// Positions where a backbone has registers, as timm keeps them: the class token has none of its own there, for its
// position is in it already (timm, vision_transformer.py, _convert_dinov2).
//
//   DINOv2:  cls_token c, pos_embed p0 p1 p2 ...         timm:  cls_token c + p0, pos_embed p1 p2 ...

import type { storage } from '../../lib/index.ts'

type Tensors = ReadonlyMap<string, storage.StoredTensor>

const apart = {
  classToken: 'cls_token',
  position: 'pos_embed',
  registers: 'reg_token',
  maskToken: 'mask_token',
} as const

/** The tensors of a file of timm with a position of zero for the class token, where the file has none. */
export const positionsTogether = (tensors: Tensors): Tensors => {
  const position = tensors.get(apart.position)
  if (!tensors.has(apart.registers) || position === undefined || position.shape.length !== 3) return tensors
  const [, tokens, features] = position.shape
  const data = new Float64Array((tokens + 1) * features)
  data.set(position.data, features)
  const whole = position.data instanceof Float32Array ? new Float32Array(data) : data
  return new Map([...tensors, [apart.position, { shape: [1, tokens + 1, features], data: whole }]])
}

/** The tensors of a file of timm: there is no mask token, and with registers no position for the class token. */
export const positionsApart = (given: Tensors): Tensors => {
  const tensors = new Map([...given].filter(([name]) => name !== apart.maskToken))
  const [position, classToken] = [tensors.get(apart.position), tensors.get(apart.classToken)]
  if (!tensors.has(apart.registers) || position === undefined || classToken === undefined) return tensors
  const [, tokens, features] = position.shape
  const moved = classToken.data.map((value: number, at: number) => value + position.data[at])
  return new Map([
    ...tensors,
    [apart.classToken, { shape: classToken.shape, data: moved }],
    [apart.position, { shape: [1, tokens - 1, features], data: position.data.slice(features) }],
  ])
}
