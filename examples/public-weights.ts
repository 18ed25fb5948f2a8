// A network's weights under the names and in the layout of the public PyTorch code of DINO, written to a safetensors
// file and read back. Here a weight has named axes, as in blocks.0.attention.project.weight [feature, role, head,
// channel]; there it is blocks.0.attn.qkv.weight, whose rows are role, head and channel in one. Prints every tensor of
// the file, and how far the features of an image are apart before and after. Pretrained weights of the public code come
// in by the same functions, once Python's safetensors has saved them in this format.
// Run: npx tsx examples/public-weights.ts [weights.safetensors]

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { featureOf, type Network, type NetworkTree, network } from '../dino/model/network.ts'
import { readBackbone, readHead, writeBackbone, writeHead } from '../dino/model/public-weights.ts'
import type { Image } from '../dino/model/vit.ts'
import { dinoForm } from '../dino/model/vit-form.ts'
import { type As, dense, executors, initialisers, random, run, showRunError, storage } from '../lib/index.ts'

const path = process.argv[2] ?? 'runs/public-weights.safetensors'

/** A small network; the public ViT-S/16 has 384 features, 12 blocks, 6 heads and images of 224 by 224. */
const model = network({
  backbone: { imageSize: 16, patchSize: 8, features: 24, depth: 1, heads: 3, mlpRatio: 4 },
  head: { layers: 3, hidden: 48, bottleneck: 16, prototypes: 32 },
})

type Weights = As<'dense', NetworkTree>

/** Writes both parts of a network to a file, each tensor after the name of its part, and tells of each. */
const write = ({ backbone, head }: Weights): void => {
  const tensors = new Map([...writeBackbone(backbone, 'backbone.'), ...writeHead(head, 'head.')])
  for (const [name, { shape }] of tensors) console.log(`${name.padEnd(36)} ${shape.join(' x ')}`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, storage.writeSafetensors({ tensors, metadata: {} }))
  console.log(`${tensors.size} tensors written to ${path}`)
}

/** The network in the file, or what is wrong with it: its format, or tensors that are missing, extra or ill-shaped. */
const read = (): E.Either<string, Weights> =>
  pipe(
    storage.readSafetensors(readFileSync(path)),
    E.mapLeft(({ reason }) => reason),
    E.chain(({ tensors }) =>
      pipe(
        sequenceS(E.Apply)({
          backbone: readBackbone(model.backbone, tensors, 'backbone.'),
          head: readHead(model.head, tensors, 'head.'),
        }),
        E.mapLeft(storage.showStoredError),
      ),
    ),
  )

interface Seen {
  readonly weights: Network
  readonly image: Image<never>
}

const image = dense({ colour: 3, row: 16, column: 16 }, random.normals(random.keyOf(2), 3 * 16 * 16))

const featureIn = async (weights: Weights): Promise<ArrayLike<number>> => {
  const feature = await run(({ weights, image }: Seen) => featureOf(weights, dinoForm)(image))({ weights, image })(
    executors.reference,
  )()
  if (E.isLeft(feature)) throw new Error(showRunError(feature.left))
  return feature.right.data
}

const before = initialisers.initialise(random.keyOf(1))(model)
write(before)
const after = read()
if (E.isLeft(after)) console.error(after.left)
else {
  const [expected, came] = [await featureIn(before), await featureIn(after.right)]
  const differences = Array.from(expected, (value, at) => Math.abs(value - came[at]))
  console.log(`largest difference of a feature after reading: ${Math.max(...differences)}`)
}
