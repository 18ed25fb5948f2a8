// `dino export` as people meet it: the file that it writes, what it says of it, and what it says about mistakes.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dino, smaller } from '../support/command.ts'
import { example } from '../support/example.ts'
import { readOnnx } from '../support/onnx-file.ts'
import { withFolder } from '../support/test-folder.ts'

const trained = async (folder: string): Promise<string> => {
  const run = join(folder, 'run')
  const { status, error } = await dino('train', ...smaller, '--images', '8', '--steps', '1', '--out', run)
  assert.equal(status, 0, error)
  return run
}

example('a run is exported, for images as in training and for others', () =>
  withFolder({}, async folder => {
    const run = await trained(folder)
    const file = join(folder, 'model.onnx')
    const { status, out, error } = await dino('export', '--run', run, '--out', file, '--size', '12')
    assert.deepEqual([status, error], [0, ''])
    assert.match(out, /model\.onnx: .*, the backbone of .*run\n/)
    assert.match(out, /in {3}pixel_values +batch x 3 x 12 x 12\n/)
    assert.match(out, /out {2}patch_tokens +batch x 9 x 8\n/)
    const { model } = readOnnx(readFileSync(file))
    assert.deepEqual(model.inputs, [{ name: 'pixel_values', dims: ['batch', 3, 12, 12] }])
    assert.deepEqual(model.outputs, [
      { name: 'class_token', dims: ['batch', 8] },
      { name: 'patch_tokens', dims: ['batch', 9, 8] },
      { name: 'last_hidden_state', dims: ['batch', 10, 8] },
    ])
    assert.equal(model.metadata.mean, '0.485, 0.456, 0.406')
    const weight = model.tensors.find(({ name }) => name === 'blocks.0.mlp.up.weight')
    assert.deepEqual(weight?.dims, [8, 32])
    const other = await dino('export', '--weights', run, '--out', join(folder, 'other.onnx'), '--which', 'student')
    assert.match(other.out, /backbone of .*run\n.*batch x 3 x 8 x 8\n/)
  }),
)

example('mistakes are told by the option, and nothing is written', () =>
  withFolder({}, async folder => {
    const run = await trained(folder)
    const file = join(folder, 'model.onnx')
    const mistakes: readonly (readonly [words: readonly string[], status: number, told: RegExp])[] = [
      [['--out', file], 2, /^--weights: expected a \.safetensors, .*, or the folder of a run, came nothing\n$/],
      [['--run', run, '--weights', run, '--out', file], 2, /^--weights: expected nothing where --run says which, came/],
      [['--run', run], 2, /^--out: expected a file whose name ends in \.onnx, came nothing\n$/],
      [
        ['--run', run, '--out', 'model.pt'],
        2,
        /^--out: expected a file whose name ends in \.onnx, came "model\.pt"\n$/,
      ],
      [
        ['--run', run, '--out', file, '--size', '10'],
        2,
        /^--size: expected a multiple of the patch size, 4, came 10\n$/,
      ],
      [['--run', run, '--out', file, '--format', 'coreml'], 2, /^--format: expected one of onnx, came "coreml"\n$/],
      [
        ['--run', folder, '--out', file],
        1,
        /: expected .*, or the folder of a run, came a folder without model\.safetensors\n$/,
      ],
      [
        ['--run', run, '--out', join(folder, 'no', 'model.onnx')],
        1,
        /model\.onnx: expected a file to write, came ENOENT/,
      ],
    ]
    for (const [words, status, told] of mistakes) {
      const ended = await dino('export', ...words)
      assert.match(ended.error, told)
      assert.equal(ended.status, status, words.join(' '))
    }
    assert.equal(existsSync(file), false, 'no file is written')
  }),
)

example('the help says how the file is used', async () => {
  const { out } = await dino('export', '--help')
  for (const part of ['onnxruntime.InferenceSession("model.onnx")', 'ort.InferenceSession.create', 'transformers.js'])
    assert.ok(out.includes(part), part)
})
