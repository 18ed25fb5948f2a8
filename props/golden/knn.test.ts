// The nearest-neighbour vote against DINO's eval_knn.py, computed in float64: the votes of every class for each query
// and k.

import assert from 'node:assert/strict'
import { type Bank, knnVotes } from '../../dino/evaluate/knn.ts'
import type { Features } from '../../dino/evaluate/neighbours.ts'
import type { storage } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { readCase, tensorOf } from './case.ts'

interface Config {
  readonly classes: number
  readonly temperature: number
  readonly k: readonly number[]
}

const golden = readCase<Config>('knn')
const { classes, temperature, k: neighbours } = golden.config

const features = ({ shape: [count, dimensions], data }: storage.StoredTensor): Features => ({ count, dimensions, data })

const bank: Bank = {
  ...features(tensorOf(golden, 'trainFeatures')),
  labels: tensorOf(golden, 'trainLabels').data,
  classes,
}
const queries = features(tensorOf(golden, 'testFeatures'))

example('knn: every tensor of votes is named in the configuration', () => {
  const votes = [...golden.tensors.keys()].filter(name => name.startsWith('votes.'))
  assert.deepEqual(new Set(votes), new Set(neighbours.map(k => `votes.k${k}`)))
})

for (const k of neighbours)
  example(`knn: votes of the ${k} nearest`, () => {
    const { shape, data } = tensorOf(golden, `votes.k${k}`)
    assert.deepEqual(shape, [queries.count, classes])
    closeTo(data, knnVotes(bank, { k, temperature })(queries), 1e-6, `votes.k${k}`)
  })
