// Files as torch.save writes them, made by hand for tests: a pickle from its opcodes, in a zip archive by a library.

import { zipSync } from 'fflate'

const encoder = new TextEncoder()

/** Opcodes as bytes: numbers are bytes, texts are themselves. */
export const opcodesOf = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap(part =>
      typeof part === 'number' ? [part] : [...(typeof part === 'string' ? encoder.encode(part) : part)],
    ),
  )

const wide = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer)

/** A text. */
export const pickledText = (text: string): Uint8Array => opcodesOf('X', wide(encoder.encode(text).length), text)

const whole = (value: number): Uint8Array => opcodesOf('J', wide(value))

const tuple = (...values: readonly Uint8Array[]): Uint8Array => opcodesOf('(', ...values, 't')

/** A tensor of float32 in a storage of its own. */
export interface ArchivedTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** The numbers of the storage. */
  readonly data: Float32Array
  /** The place of its first number in the storage, the first if not given. */
  readonly offset?: number
  /** Those of rows one after the other if not given. */
  readonly strides?: readonly number[]
  /** How many numbers its storage is said to have; as many as it has if not given. */
  readonly count?: number
}

const rowMajor = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))

const pickledTensor = (tensor: ArchivedTensor, key: number): Uint8Array => {
  const { shape, data, offset = 0, strides = rowMajor(shape), count = data.length } = tensor
  const storage = tuple(
    pickledText('storage'),
    opcodesOf('ctorch\nFloatStorage\n'),
    pickledText(String(key)),
    pickledText('cpu'),
    whole(count),
  )
  const args = tuple(
    opcodesOf(storage, 'Q'),
    whole(offset),
    tuple(...shape.map(whole)),
    tuple(...strides.map(whole)),
    opcodesOf(0x89),
    opcodesOf('ccollections\nOrderedDict\n)R'),
  )
  return opcodesOf('ctorch._utils\n_rebuild_tensor_v2\n', args, 'R')
}

/** A whole pickle of protocol 2. */
export const pickleOf = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array =>
  opcodesOf(0x80, 2, ...parts, '.')

/** An archive with a pickle and storages. */
export const archiveOf = (pickle: Uint8Array, storages: readonly Float32Array[] = []): Uint8Array =>
  zipSync(
    {
      'model/data.pkl': pickle,
      'model/byteorder': encoder.encode('little'),
      ...Object.fromEntries(storages.map((data, key) => [`model/data/${key}`, new Uint8Array(data.slice().buffer)])),
      'model/version': encoder.encode('3\n'),
    },
    { level: 0 },
  )

/** An archive with a dictionary of tensors. */
export const archived = (tensors: readonly ArchivedTensor[]): Uint8Array =>
  archiveOf(
    pickleOf('}(', ...tensors.flatMap((tensor, key) => [pickledText(tensor.name), pickledTensor(tensor, key)]), 'u'),
    tensors.map(({ data }) => data),
  )
