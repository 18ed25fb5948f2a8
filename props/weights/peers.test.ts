// The other programs: where PYTHON names one with torch, transformers and timm, files that these have written give
// their tokens here, and files that were written here are loaded by them, strictly, and give the same tokens.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import type { Image } from '../../dino/model/tokens.ts'
import { applyVit, type Vit } from '../../dino/model/vit.ts'
import { readBackboneAt } from '../../dino/node/weights-source.ts'
import type { Backbone } from '../../dino/weights/backbone-tensors.ts'
import { type As, dense, executors, storage as files, run, type storage } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { dinoAs } from '../support/command.ts'
import { example } from '../support/example.ts'
import { expectRight, right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

const python = process.env.PYTHON
const closeness = 1e-4

const peer = (...words: readonly string[]) =>
  spawnSync(python ?? '', [join(projectFolder, 'props/weights/weights_peer.py'), ...words], { encoding: 'utf8' })

const isThere = (): boolean =>
  python !== undefined && spawnSync(python, ['-c', 'import torch, transformers, timm; print(1)']).status !== null

const tensorsIn = (path: string): ReadonlyMap<string, storage.StoredTensor> =>
  right(files.readSafetensors(new Uint8Array(readFileSync(path)))).tensors

interface Seen {
  readonly weights: Vit
  readonly image: Image<'batch'>
}

/** All tokens of pictures, [batch, token, feature]. */
const tokensOf = async ({ weights, form }: Backbone, { shape, data }: storage.StoredTensor): Promise<Float64Array> => {
  const [batch, colour, row, column] = shape
  const given: As<'dense', Seen> = { weights, image: dense({ batch, colour, row, column }, data) }
  const { tokens } = await expectRight(
    run((seen: Seen) => ({ tokens: applyVit(seen.weights, form)(seen.image).tokens }))(given)(executors.reference),
  )
  assert.deepEqual(Object.keys(tokens.sizes), ['batch', 'token', 'feature'])
  return Float64Array.from(tokens.data)
}

/** A file or folder that the peer wrote, and the name of its tokens. */
const written = (folder: string): readonly (readonly [path: string, name: string])[] =>
  readdirSync(folder)
    .filter(name => name !== 'expected.safetensors' && name !== 'written')
    .map(name => [join(folder, name), name.replace(/\.(?:safetensors|pth)$/, '')])

const read = (path: string): Backbone => {
  const found = readBackboneAt(path, { which: 'teacher', heads: 3 }, () => undefined)
  return E.isRight(found) ? found.right : assert.fail(JSON.stringify(found.left))
}

const convert = async (weights: string, out: string, names: string): Promise<void> => {
  const { status, error } = await dinoAs({}, [
    'convert',
    '--weights',
    weights,
    '--heads',
    '3',
    '--out',
    out,
    '--names',
    names,
  ])
  assert.equal(status, 0, error)
}

const conversions = [
  ['v1.pth', 'timm-v1+v1.safetensors', 'timm'],
  ['v1-checkpoint.pth', 'huggingface+v1', 'huggingface'],
  ['dinov2.pth', 'huggingface+dinov2', 'huggingface'],
  ['dinov2-swiglu.pth', 'huggingface+dinov2-swiglu', 'huggingface'],
  ['dinov2-registers.pth', 'huggingface-registers+dinov2-registers', 'huggingface'],
  ['huggingface', 'timm+huggingface.safetensors', 'timm'],
  ['huggingface-swiglu', 'timm-swiglu+huggingface-swiglu.safetensors', 'timm'],
  ['huggingface-registers', 'timm-registers+huggingface-registers.safetensors', 'timm'],
] as const

const withPeer = (context: TestContext, use: (folder: string) => Promise<void>): Promise<void> => {
  if (!isThere()) return Promise.resolve(context.skip('PYTHON names none with torch, transformers and timm'))
  return withFolder({}, async folder => {
    const made = peer('write', folder)
    if (made.status !== 0) return context.skip(`the peer does not run here: ${made.stderr.slice(-300)}`)
    await use(folder)
  })
}

example('files of torch, transformers and timm give their tokens, and they read ours', context =>
  withPeer(context, async folder => {
    const expected = tensorsIn(join(folder, 'expected.safetensors'))
    const tokens = (name: string) => expected.get(name)!
    for (const [path, name] of written(folder)) {
      closeTo(tokens(name).data, await tokensOf(read(path), tokens('images')), closeness, name)
      if (expected.has(`${name}.wide`))
        closeTo(
          tokens(`${name}.wide`).data,
          await tokensOf(read(path), tokens('wideImages')),
          closeness,
          `${name}, wide`,
        )
    }
    mkdirSync(join(folder, 'written'))
    for (const [from, to, names] of conversions) await convert(join(folder, from), join(folder, 'written', to), names)
    const { status, stderr } = peer('read', folder)
    assert.equal(status, 0, stderr)
    const came = tensorsIn(join(folder, 'came.safetensors'))
    for (const [from, to] of conversions)
      closeTo(tokens(from.replace('.pth', '')).data, came.get(to)!.data, closeness, `${from} as ${to}`)
  }),
)
