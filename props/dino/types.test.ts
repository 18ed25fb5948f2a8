// The types of parameters, models and losses: a leaf, a field or an input of other axes does not compile.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { applyBlock, type Block } from '../../dino/model/block.ts'
import { applyLinear } from '../../dino/model/linear.ts'
import { crossEntropy, dinoLoss } from '../../dino/objective/dino.ts'
import { type As, check, hessianVector, type spec, type Tensor, total } from '../../lib/index.ts'
import { input } from '../../lib/language/tensor.ts'
import { faultsOfFile } from '../support/compiler.ts'

const x = input('x', { batch: 2, token: 3, feature: 4 })
const row = input('row', { feature: 4 })
const weight = input('weight', { feature: 4, hidden: 5 })

type Parameters = As<'tensor', { readonly weight: ReturnType<typeof spec<'feature' | 'hidden'>> }>

test('parameters have the axes that their description says', () => {
  const good: Parameters = { weight }
  // @ts-expect-error: the weight has the axes 'feature' and 'hidden'
  const wrongLeaf: Parameters = { weight: row }
  // @ts-expect-error: the field is called 'weight'
  const wrongName: Parameters = { weights: weight }
  // @ts-expect-error: the bias has the axis 'hidden'
  const layer = applyLinear('feature')({ weight, bias: row })(x)
  // @ts-expect-error: the direction of a Hessian-vector product has the structure of the parameters
  const product = hessianVector((p: { row: Tensor<'feature'> }) => total(p.row))({ row }, { weight })
  assert.ok(good.weight.expr && wrongLeaf && wrongName && layer.expr && product)
})

test('a model or a loss refuses inputs of other axes', () => {
  const logits = input('logits', { view: 2, batch: 2, prototype: 3 })
  const teacher = input('teacher', { global: 2, batch: 2, prototype: 3 })
  const centre = input('centre', { prototype: 3 })
  const loss = dinoLoss({ student: 0.1, teacher: 0.04 })
  // @ts-expect-error: student and teacher are exchanged
  const exchanged = () => loss(teacher, logits, centre)
  // @ts-expect-error: the centre has the axis 'prototype' only
  const uncentred = () => loss(logits, teacher, teacher)
  // @ts-expect-error: the targets have the axis 'global'
  const unpaired = () => crossEntropy(logits, logits)
  const block = (parameters: Block) => {
    // @ts-expect-error: a block needs the axis 'token'
    const untokened = () => applyBlock(parameters)(row)
    // @ts-expect-error: a mask of branches has the axis 'branch'
    const unmasked = () => applyBlock(parameters)(x, row)
    return [untokened, unmasked]
  }
  assert.ok(E.isLeft(check([exchanged().expr])))
  assert.ok([uncentred(), unpaired()].every(({ expr }) => E.isRight(check([expr]))))
  assert.equal(block.length, 1)
})

test('the compiler agrees with every expectation in this file', () => {
  assert.deepEqual(faultsOfFile(fileURLToPath(import.meta.url)), [])
})
