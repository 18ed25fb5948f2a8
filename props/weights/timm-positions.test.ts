// Positions with registers, as timm keeps them: a class token that has its position in it, and none of its own.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { positionsApart, positionsTogether } from '../../dino/weights/timm-positions.ts'
import type { storage } from '../../lib/index.ts'
import { sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

const tensor = (shape: readonly number[], values: Iterable<number>): storage.StoredTensor => ({
  shape,
  data: Float32Array.from(values),
})

const named = (features: number, classToken: Iterable<number>, position: Iterable<number>, registers: number) => {
  const positions = [...position]
  return new Map([
    ['cls_token', tensor([1, 1, features], classToken)],
    ['pos_embed', tensor([1, positions.length / features, features], positions)],
    ['reg_token', tensor([1, registers, features], new Float32Array(registers * features))],
  ])
}

const dataOf = (tensors: ReadonlyMap<string, storage.StoredTensor>) =>
  [...tensors].map(([name, { shape, data }]) => [name, shape, Array.from(data)])

example('the class token takes its position with it, and patches keep theirs', () => {
  const found = positionsApart(named(2, [1, 2], [10, 20, 3, 4, 5, 6], 1))
  assert.deepEqual(dataOf(found), [
    ['cls_token', [1, 1, 2], [11, 22]],
    ['pos_embed', [1, 2, 2], [3, 4, 5, 6]],
    ['reg_token', [1, 1, 2], [0, 0]],
  ])
})

const problems = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })).chain(([features, patches]) =>
  fc.record({
    features: fc.constant(features),
    classToken: fc.array(fc.integer({ min: -99, max: 99 }), { minLength: features, maxLength: features }),
    position: fc.array(fc.integer({ min: -99, max: 99 }), {
      minLength: (patches + 1) * features,
      maxLength: (patches + 1) * features,
    }),
  }),
)

law('together again, the sum of a token and its position is what it was', problems, problem => {
  const { features, classToken, position } = problem
  const again = positionsTogether(positionsApart(named(features, classToken, position, 2)))
  const [token, positions] = ['cls_token', 'pos_embed'].map(name => Array.from(again.get(name)!.data))
  const first = token.map((value, at) => value + positions[at])
  return [
    sameData(
      'the class token',
      first,
      classToken.map((value, at) => value + position[at]),
    ),
    sameData('patches', positions.slice(features), position.slice(features)),
    sameData('its shape', again.get('pos_embed')!.shape, [1, position.length / features, features]),
  ]
})

example('without registers nothing is changed but that there is no mask token', () => {
  const tensors = new Map([...named(2, [1, 2], [3, 4], 1), ['mask_token', tensor([1, 2], [0, 0])]])
  tensors.delete('reg_token')
  assert.deepEqual(dataOf(positionsApart(tensors)), dataOf(named(2, [1, 2], [3, 4], 1)).slice(0, 2))
  assert.deepEqual(positionsTogether(tensors), tensors)
})
