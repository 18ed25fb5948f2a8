// From the tensors of a file to a backbone: its names are told, its prefix found, its sizes read from the tensors, and
// then every tensor must be where it belongs. A training checkpoint has a student and a teacher, each with a head, and
// what a program put around its model:
//
//   teacher.module.backbone.cls_token    is   cls_token   of the teacher; its head is left out

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type As, storage, trees } from '../../lib/index.ts'
import { hiddenFeatures } from '../model/feed-forward.ts'
import { readNamed, writeNamed } from '../model/naming.ts'
import { type Vit, type VitSizes, vit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import { feedForwardOf, namesOf, type Tensors, type WeightNames } from './weight-names.ts'

/** A backbone with all that is needed to use it. */
export interface Backbone {
  readonly weights: As<'dense', Vit>
  readonly sizes: VitSizes
  readonly form: VitForm
}

/** What a file does not tell, or not always. */
export interface Hints {
  /** The network of a training checkpoint. */
  readonly which: 'student' | 'teacher'
  /** Attention heads; as many as make 64 channels each if not given. */
  readonly heads?: number
}

/** Channels of a head in every published model. */
const usualChannels = 64

/** What stands before the names of a backbone, by the name of its class token. */
const prefixOf = (names: readonly string[], which: Hints['which']): E.Either<string, string> => {
  const prefixes = names.flatMap(name => /^(.*?)(?:embeddings\.)?cls_token$/.exec(name)?.[1] ?? [])
  const own = prefixes.length > 1 ? prefixes.filter(prefix => prefix.startsWith(`${which}.`)) : prefixes
  if (own.length === 1) return E.right(own[0])
  const came = prefixes.length === 0 ? names.slice(0, 5) : prefixes
  return E.left(
    `expected the class token of one backbone (of the ${which}, where there are two), came ${came.join(', ')}`,
  )
}

/** DINOv2 trains with blocks in chunks: `blocks.1.10.norm1.weight` is of block 10 (models/vision_transformer.py). */
const unchunked = (name: string): string => name.replace(/^blocks\.\d+\.(\d+)\./, 'blocks.$1.')

const beside = /^(?:head|fc|classifier|dino_head|ibot_head)\./

const withoutPrefix = <T>(tensors: ReadonlyMap<string, T>, prefix: string): ReadonlyMap<string, T> =>
  new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]): [string, T] => [unchunked(name.slice(prefix.length)), tensor])
      .filter(([name]) => !beside.test(name)),
  )

/** The tensors of the backbone among those of a file, without what stands before their names; heads are left out. */
export const backboneAmong =
  (which: Hints['which']) =>
  <T>(tensors: ReadonlyMap<string, T>): E.Either<string, ReadonlyMap<string, T>> =>
    pipe(
      prefixOf([...tensors.keys()], which),
      E.map(prefix => withoutPrefix(tensors, prefix)),
    )

const blocksIn = (tensors: Tensors): number =>
  new Set([...tensors.keys()].flatMap(name => /^(?:blocks|encoder\.layer)\.(\d+)\./.exec(name)?.[1] ?? [])).size

/** Sizes by the shapes of some tensors; whether the others fit is found out when they are read. */
const sizesOf = (names: WeightNames, tensors: Tensors, { heads }: Hints): E.Either<string, VitSizes> => {
  const feedForward = feedForwardOf(names, tensors)
  const shape = (name: string): readonly number[] => tensors.get(name)?.shape ?? []
  const [features = 0, colours, patchSize = 0] = shape(names.patch)
  const [, positions = 0] = shape(names.position)
  const [, hidden = 0] = shape(names.down[feedForward])
  const side = Math.sqrt(positions - 1)
  const mlpRatio = (feedForward === 'swiglu' ? 1.5 * hidden : hidden) / features
  const wrong = (what: string): E.Either<string, never> => E.left(`${what}, by the names of ${names.meaning}`)
  if (features < 1 || patchSize < 1 || colours !== 3) return wrong(`no patches of 3 colours in "${names.patch}"`)
  if (!Number.isInteger(side) || side < 1) return wrong(`"${names.position}" is not for a square of patches`)
  if (hidden < 1 || hiddenFeatures(feedForward, { features, mlpRatio }) !== hidden)
    return wrong(`${hidden} hidden features of "${names.down[feedForward]}" are no size of a ${feedForward}`)
  const attention = heads ?? features / usualChannels
  if (!Number.isInteger(attention) || features % attention !== 0)
    return wrong(`${features} features are not for heads of ${usualChannels} channels; say how many heads there are`)
  return E.right({
    imageSize: side * patchSize,
    patchSize,
    features,
    depth: blocksIn(tensors),
    heads: attention,
    mlpRatio,
    feedForward,
    layerScale: tensors.has(names.layerScale) ? 1 : 0,
    registers: shape(names.registers)[1] ?? 0,
    maskToken: tensors.has(names.maskToken),
  })
}

/** A backbone from its tensors under any of the known names, each of which must be there, and no other. */
export const readBackboneTensors = (given: Tensors, hints: Hints): E.Either<string, Backbone> => {
  const names = namesOf(given)
  if (names === undefined)
    return E.left(
      `expected names of DINO, DINOv2, Hugging Face or timm, came ${[...given.keys()].slice(0, 5).join(', ')}`,
    )
  const tensors = names.fromFile(given)
  return pipe(
    sizesOf(names, tensors, hints),
    E.bindTo('sizes'),
    E.bind('weights', ({ sizes }) =>
      pipe(
        readNamed(names.naming(sizes.feedForward ?? 'perceptron'))(vit(sizes), tensors),
        E.mapLeft(error => `by the names of ${names.meaning}: ${storage.showStoredError(error)}`),
      ),
    ),
    E.map(({ sizes, weights }) => ({
      sizes,
      weights,
      form: { resizing: names.resizing((sizes.registers ?? 0) > 0) },
    })),
  )
}

/** A mask token is of training only: names that have none leave it out. */
const withoutMask = (tensors: Tensors): Tensors => new Map([...tensors].filter(([name]) => name !== 'maskToken'))

/** The tensors of a backbone under names; other parts that these have no name for are refused. */
export const writeBackboneTensors = (
  names: WeightNames,
  { weights, sizes, form }: Backbone,
): E.Either<string, Tensors> => {
  const naming = names.naming(sizes.feedForward ?? 'perceptron')
  const unnamed = trees
    .leavesOf<'dense'>(weights)
    .map(([path]) => path)
    .filter(path => path !== 'maskToken' && !naming.rows.some(({ path: pattern }) => pattern.test(path)))
  if (form.rotary !== undefined) return E.left(`${names.meaning} has no names for rotary positions`)
  if (unnamed.length > 0) return E.left(`${names.meaning} has no names for ${unnamed.join(', ')}`)
  return E.right(names.toFile(withoutMask(writeNamed(naming)(weights))))
}
