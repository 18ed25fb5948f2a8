// Files of torch.save: tensors come back as they were written; whatever is wrong is said; nothing that a pickle asks to
// run is run; a thousand mutated files of each kind are errors, or hold exactly what was written.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { readReference, readTorchFile } from '../../dino/weights/torch-file.ts'
import { storage } from '../../lib/index.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { mutated } from '../support/mutated-weights.ts'
import { type ArchivedTensor, archived, archiveOf, opcodesOf, pickledText, pickleOf } from '../support/torch-archive.ts'

const contents = (bytes: Uint8Array) => {
  const read = readTorchFile(bytes)
  if (E.isLeft(read)) return read
  return E.right(
    [...read.right].map(([name, reference]) => {
      const { shape, data } = readReference(reference)
      return { name, shape, data: [...data] }
    }),
  )
}

const tensors: readonly ArchivedTensor[] = [
  { name: 'cls_token', shape: [1, 1, 4], data: Float32Array.of(1, -2, 3.5, 0.25) },
  { name: 'blocks.0.norm1.bias', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
]
const plain = tensors.map(({ name, shape, data }) => ({ name, shape, data: [...data] }))
const file = archived(tensors)

example('tensors of a file come back as they were written', () => {
  assert.deepEqual(contents(file), E.right(plain))
})

example('a tensor may lie anywhere in its storage: transposed, between others, one number again and again', () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7)
  const views: readonly (readonly [ArchivedTensor, values: readonly number[]])[] = [
    [{ name: 'transposed', shape: [3, 2], strides: [1, 3], offset: 1, data }, [1, 4, 2, 5, 3, 6]],
    [{ name: 'between', shape: [2, 2], offset: 3, data }, [3, 4, 5, 6]],
    [{ name: 'repeated', shape: [3], strides: [0], offset: 7, data }, [7, 7, 7]],
  ]
  assert.deepEqual(
    contents(archived(views.map(([tensor]) => tensor))),
    E.right(views.map(([{ name, shape }, values]) => ({ name, shape, data: values }))),
  )
})

example('a tensor that its storage does not hold, or a storage of another length, is refused', () => {
  const data = Float32Array.of(0, 1, 2, 3, 4)
  const wrong: readonly (readonly [tensor: Partial<ArchivedTensor>, reason: RegExp])[] = [
    [{ shape: [2, 3] }, /2 x 3 reaches beyond the 5 numbers of its storage/],
    [{ shape: [2, 2], offset: 2 }, /reaches beyond/],
    [{ shape: [2], strides: [5] }, /reaches beyond/],
    [{ shape: [1], strides: [-5] }, /sizes and strides are not as many whole numbers/],
    [{ shape: [2], offset: -1 }, /not made of a storage, an offset, sizes and strides/],
    [{ shape: [2], count: 6 }, /storage 0 needs 24 bytes, has 20/],
    [{ shape: [2], count: 4 }, /storage 0 needs 16 bytes, has 20/],
  ]
  for (const [tensor, reason] of wrong) {
    const read = readTorchFile(archived([{ name: 'x', shape: [5], data, ...tensor }]))
    assert.ok(E.isLeft(read), JSON.stringify(tensor))
    assert.match(read.left, reason)
  }
})

const system = opcodesOf('cos\nsystem\n', opcodesOf('(', pickledText('touch ran'), 't'), 'R')

const refused: readonly (readonly [what: string, pickle: Uint8Array, reason: RegExp])[] = [
  ['code that would run', pickleOf(system), /asks for os\.system, which is not read/],
  ['the same in a dictionary', pickleOf('}', pickledText('x'), system, 's'), /asks for os\.system/],
  ['a class of torch', pickleOf('ctorch.nn\nLinear\n)', 0x81), /asks for torch\.nn\.Linear/],
  ['a builtin', pickleOf('cbuiltins\neval\n(', pickledText('1'), 'tR'), /asks for builtins\.eval/],
  ['an instance by opcode', pickleOf('(ios\nsystem\n'), /0x69 is no opcode of plain values/],
  ['an extension', pickleOf(0x82, 1), /0x82 is no opcode/],
  ['an empty pickle', pickleOf(), /other than one value/],
  ['a value from an empty stack', pickleOf('R'), /cut short, or takes from an empty stack/],
  ['a memory that was never written', pickleOf('h', 7), /cut short/],
  ['a name twice', pickleOf('}(', pickledText('a'), 'N', pickledText('a'), 'Nu'), /"a" stands twice/],
  ['bytes after the end', opcodesOf(pickleOf('N'), 'N'), /other than one value/],
  ['a list in itself', pickleOf(']q', 0, 'h', 0, 'a'), /nested too deep/],
]

example('each way to be wrong is an error that says what, and nothing runs', () => {
  for (const [what, pickle, reason] of refused) {
    const read = readTorchFile(archiveOf(pickle))
    assert.ok(E.isLeft(read), what)
    assert.match(read.left, reason, what)
  }
})

example('lists that double thirty times are refused before they are walked', () => {
  const doubled = Array.from({ length: 30 }, (_, at) => opcodesOf(']q', at + 1, '(h', at, 'h', at, 'e'))
  const read = readTorchFile(archiveOf(pickleOf('(]q', 0, ...doubled, 't')))
  assert.ok(E.isLeft(read), 'is refused')
  assert.match(read.left, /nested too deep, or too many/)
})

example('files of old torch, of no zip, and compressed ones are refused in words', () => {
  const old = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e)
  assert.match(JSON.stringify(readTorchFile(old)), /torch before 1\.6/)
  assert.match(JSON.stringify(readTorchFile(new Uint8Array(100))), /no zip archive/)
})

const thousand = fc.array(mutated(file), { minLength: 84, maxLength: 84 })

law(
  'a thousand mutated files are errors, or exactly what was written',
  thousand,
  files =>
    files.map(bytes => {
      const read = contents(bytes)
      return E.isLeft(read) ? holds('an error', read.left.length > 0) : sameData('contents', read.right, plain)
    }),
  'dear',
)

/** The same tensors as one whole of safetensors. */
const whole = storage.writeSafetensors({
  tensors: new Map(tensors.map(({ name, shape, data }) => [name, { shape, data }])),
  metadata: { format: 'pt' },
})
const numbersAt = whole.length - 40

law(
  'so are mutated safetensors, but that nothing there tells of changed numbers',
  fc.array(mutated(whole), { minLength: 84, maxLength: 84 }),
  files =>
    files.flatMap(bytes => {
      const read = storage.readSafetensors(bytes)
      if (E.isLeft(read)) return holds('an error', read.left.reason.length > 0)
      const again = storage.writeSafetensors(read.right)
      const sizes = [...read.right.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
      return [
        holds('every byte of numbers is in a tensor', sizes === 40),
        sameData('numbers', [...again.subarray(again.length - 40)], [...bytes.subarray(bytes.length - 40)]),
        holds('as long as it was', bytes.length - numbersAt === 40),
      ]
    }),
  'dear',
)

const indexText = JSON.stringify({
  metadata: { total_size: 40 },
  weight_map: { cls_token: 'one.safetensors', 'blocks.0.norm1.bias': 'two.safetensors' },
})
const shard = ({ name, shape, data }: ArchivedTensor): Uint8Array =>
  storage.writeSafetensors({ tensors: new Map([[name, { shape, data }]]), metadata: {} })
const shards: Readonly<Record<string, Uint8Array>> = {
  'one.safetensors': shard(tensors[0]),
  'two.safetensors': shard(tensors[1]),
}

law(
  'so are mutated indexes: nothing but all tensors comes from them',
  fc.array(mutated(new TextEncoder().encode(indexText)), { minLength: 84, maxLength: 84 }),
  files =>
    files.map(bytes => {
      const index = storage.readShardIndex(new TextDecoder().decode(bytes))
      if (E.isLeft(index)) return holds('an error', index.left.length > 0)
      const read = storage.readShards(index.right, name => E.fromNullable('no such file')(shards[name]))
      if (E.isLeft(read)) return holds('an error', read.left.length > 0)
      const names = [...read.right.keys()].sort()
      return holds(
        'tensors of whole files',
        names.length > 0 && names.every(name => plain.some(one => one.name === name)),
      )
    }),
  'dear',
)
