// The needs of a run, before it begins: the executor's memory for a step, and the disk for the files of a state, in
// bytes. The numbers of the student, the teacher, what the optimiser keeps and the gradients are counted exactly. The
// values that a step keeps for the gradient are estimated; the factors were measured on memory plans of fourteen
// configurations, and the estimate comes out right or up to a third too high.
//
//   scenes: 50 MB for a step, 3 MB written; dino-vits16 with a batch of 2: 1.5 GB, 0.7 GB written

import { compiler, trees } from '../../lib/index.ts'
import { network } from '../model/network.ts'
import { keptBy } from '../step/optimiser.ts'
import { kindsOf } from '../views/view-plan.ts'
import type { Configuration } from './configuration.ts'
import { microBatchSize } from './micro-batch.ts'

/** A part of what a step needs: what it is, the flags on which it depends, and its numbers. */
interface Part {
  readonly name: string
  readonly flags: string
  readonly numbers: number
  /** The part of it that is certain. */
  readonly least: number
  /** The part of it that is in the files of a state. */
  readonly written: number
}

/** The needs of a run, in bytes. */
export interface Estimate {
  /** The executor's memory for a step: an estimate, and the least that is needed. */
  readonly step: number
  readonly least: number
  /** The space on the disk for a state. */
  readonly written: number
  /** The part that needs most, and the flags that make it smaller. */
  readonly largest: string
}

/** Student, teacher and what the optimiser keeps; beside them gradients for a while, and always where they gather. */
const copiesOf = ({ optimiser: { rule }, run: { accumulate } }: Configuration) => {
  const written = 2 + keptBy[rule].length
  const kept = written + (accumulate > 1 ? 1 : 0)
  return { written, kept, all: kept + 1 }
}

const bytes = 4

const parameterPart = (configuration: Configuration, name: string, flags: string, prefix: string): Part => {
  const own = trees.leavesOf<'initialiser'>(network(configuration.model)).filter(([path]) => path.startsWith(prefix))
  const count = own.reduce((total, [, { sizes }]) => total + compiler.elements(sizes), 0)
  const copies = copiesOf(configuration)
  return { name, flags, numbers: copies.all * count, least: copies.kept * count, written: copies.written * count }
}

/** The anchor of Gram anchoring, a backbone that is part of the state and has no gradient. */
const anchorPart = (configuration: Configuration): readonly Part[] => {
  if (configuration.objective.gram.weight === 0) return []
  const own = trees.leavesOf<'initialiser'>(network(configuration.model).backbone)
  const numbers = own.reduce((total, [, { sizes }]) => total + compiler.elements(sizes), 0)
  return [{ name: 'the anchor', flags: '--gram-weight', numbers, least: numbers, written: numbers }]
}

/** Numbers that a step keeps for each feature of a token in a block or of a head, each attention weight, each logit. */
const kept = { feature: 24, headFeature: 5, attention: 0.25, logit: 3 } as const

const patchesOf = (size: number, { patchSize }: Configuration['model']['backbone']): number =>
  Math.floor(size / patchSize) ** 2

/** What iBOT adds: its head runs over all patches of the global views. */
const patchParts = ({ model, objective, views, run }: Configuration): readonly Part[] => {
  if (objective.ibot.weight === 0) return []
  const { backbone, head, patchHead } = model
  const { bottleneck, prototypes } = patchHead.separate ? patchHead : head
  const patches = microBatchSize(run) * kindsOf(views).global.length * patchesOf(backbone.imageSize, backbone)
  const features = patches * ((head.layers - 1) * head.hidden + bottleneck)
  const logits = patches * prototypes
  return [
    {
      name: 'patches in a head',
      flags: `--batch, --head-hidden, ${patchHead.separate ? '--patch-prototypes' : '--prototypes'}, --image-size`,
      numbers: kept.headFeature * features + kept.logit * logits,
      least: logits,
      written: 0,
    },
  ]
}

const batchParts = ({ model: { backbone, head }, views, run }: Configuration): readonly Part[] => {
  const { global, local } = kindsOf(views)
  const own = 1 + backbone.registers
  const groups = [
    { views: global.length, tokens: own + patchesOf(backbone.imageSize, backbone) },
    { views: local.length, tokens: own + patchesOf(views.localSize, backbone) },
  ]
  const sum = (of: (group: (typeof groups)[number]) => number): number =>
    microBatchSize(run) * groups.reduce((total, group) => total + of(group), 0)
  const features = sum(group => group.views * group.tokens) * backbone.features * backbone.depth
  const attention = sum(group => group.views * group.tokens ** 2) * backbone.heads * backbone.depth
  const logits = sum(group => group.views) * head.prototypes
  return [
    {
      name: 'tokens of a batch',
      flags: '--batch, --features, --depth, --local-views, --image-size',
      numbers: kept.feature * features + kept.attention * attention,
      least: (kept.feature / 2) * features,
      written: 0,
    },
    {
      name: 'logits of a batch',
      flags: '--batch, --prototypes',
      numbers: kept.logit * logits,
      least: logits,
      written: 0,
    },
  ]
}

/** The needs of a run of that configuration. */
export const estimate = (configuration: Configuration): Estimate => {
  const parameters = [
    parameterPart(configuration, 'the backbone', '--features, --depth, --mlp-ratio', 'backbone.'),
    parameterPart(configuration, 'the head', '--head-hidden, --head-layers', 'head.layers.'),
    parameterPart(configuration, 'prototypes', '--prototypes, --bottleneck', 'head.prototypes.'),
    parameterPart(configuration, 'the head of patches', '--patch-prototypes, --patch-bottleneck', 'patchHead.'),
    ...anchorPart(configuration),
  ]
  const parts = [...parameters, ...batchParts(configuration), ...patchParts(configuration)]
  const total = (of: readonly Part[], which: 'numbers' | 'least' | 'written'): number =>
    bytes * of.reduce((sum, part) => sum + part[which], 0)
  const { name, flags } = parts.reduce((most, part) => (part.numbers > most.numbers ? part : most))
  return {
    step: total(parts, 'numbers'),
    least: total(parts, 'least'),
    written: total(parameters, 'written'),
    largest: `${name} (${flags})`,
  }
}

/** Bytes for a person: `1.5 GB`, `38 MB`. */
export const showBytes = (count: number): string =>
  count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.ceil(count / 1e6)} MB`
