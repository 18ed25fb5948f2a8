// Tensors of files that torch.save has written (torch 1.6 or newer): a zip archive with a pickle, which says which
// tensors there are and where in which storage their numbers lie, and the storages. Tensors are found in dictionaries
// and lists at any depth, and named by the way to them; all else of the file is left out:
//
//   { 'teacher': { 'module.backbone.cls_token': tensor, ... }, 'epoch': 3 }
//   teacher.module.backbone.cls_token, ...

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { storage } from '../../lib/index.ts'
import { readPickle } from './pickle.ts'
import { emptyRecord, isList, isRecord, type Pickled } from './pickle-machine.ts'
import { readStoredZip, type ZipEntries } from './stored-zip.ts'

interface Storage {
  readonly kind: 'storage'
  readonly format: storage.NumberFormat
  readonly bytes: Uint8Array
  readonly count: number
}

/** A tensor whose numbers have not been read yet. */
export interface TensorReference {
  readonly kind: 'tensor'
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly storage: Storage
}

/** What a pickle of torch refers to. */
type Outer = Storage | TensorReference

const storageFormats: Readonly<Record<string, storage.FormatName>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
}

const outsideOf = (value: Pickled<Outer> | undefined): Outer | undefined =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'outside' ? value.value : undefined

const nameOf = (value: Pickled<Outer> | undefined): string =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global' ? value.name : 'no class'

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** A reference to a storage: ('storage', its class, its file, the device that it was on, how many numbers it has). */
const storageIn =
  (files: ZipEntries, root: string) =>
  (id: Pickled<Outer>): E.Either<string, Pickled<Outer>> => {
    const [kind, type, key, , count] = isList(id) ? id : []
    if (kind !== 'storage' || typeof key !== 'string' || !isCount(count)) return E.left('a reference to no storage')
    const name = nameOf(type)
    if (!Object.hasOwn(storageFormats, name)) return E.left(`it has a storage of ${name}, which is not read`)
    const format = storage.numberFormats[storageFormats[name]]
    const bytes = files.get(`${root}/data/${key}`)
    if (bytes?.length !== count * format.bytes)
      return E.left(`storage ${key} needs ${count * format.bytes} bytes, has ${bytes?.length ?? 'no file'}`)
    return E.right({ kind: 'outside', value: { kind: 'storage', format, bytes, count } })
  }

const productOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

const rebuildTensor = (args: readonly Pickled<Outer>[]): E.Either<string, Pickled<Outer>> => {
  const [from, offset, shape, strides] = args
  const own = outsideOf(from)
  if (own?.kind !== 'storage' || !isCount(offset) || !isList(shape) || !isList(strides))
    return E.left('a tensor that is not made of a storage, an offset, sizes and strides')
  if (!shape.every(isCount) || !strides.every(isCount) || shape.length !== strides.length)
    return E.left('a tensor whose sizes and strides are not as many whole numbers')
  const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset)
  const empty = shape.includes(0)
  if (!empty && (last >= own.count || productOf(shape) > own.count))
    return E.left(`a tensor of ${shape.join(' x ')} reaches beyond the ${own.count} numbers of its storage`)
  return E.right({ kind: 'outside', value: { kind: 'tensor', shape, strides, offset, storage: own } })
}

/** The functions of Python that a file may name, each as what is made here; nothing of Python runs. */
const call = (name: string, args: readonly Pickled<Outer>[]): E.Either<string, Pickled<Outer>> => {
  switch (name) {
    case 'torch._utils._rebuild_tensor_v2':
      return rebuildTensor(args)
    case 'torch._utils._rebuild_parameter':
      return outsideOf(args[0])?.kind === 'tensor' ? E.right(args[0]) : E.left('a parameter that is no tensor')
    case 'collections.OrderedDict':
    case 'argparse.Namespace':
      return args.length === 0 ? E.right(emptyRecord()) : E.left(`${name} with contents in its call, which is not read`)
    default:
      return E.left(`it asks for ${name}, which is not read: only tensors, dictionaries, lists and plain values are`)
  }
}

const mostDeep = 32
const mostValues = 10 ** 6

/** Tensors by the way to them. Values may stand at several places, and even in themselves, so there are limits. */
const tensorsIn = (value: Pickled<Outer>): E.Either<string, ReadonlyMap<string, TensorReference>> => {
  const found = new Map<string, TensorReference>()
  let seen = 0
  const walk = (at: Pickled<Outer>, path: string, depth: number): string | undefined => {
    seen += 1
    if (depth > mostDeep || seen > mostValues) return 'its values are nested too deep, or too many'
    const inside = isRecord(at) ? at.entries : isList(at) ? at.entries() : []
    for (const [key, child] of inside) {
      const wrong = walk(child, path === '' ? String(key) : `${path}.${String(key)}`, depth + 1)
      if (wrong !== undefined) return wrong
    }
    const own = outsideOf(at)
    if (own?.kind !== 'tensor') return undefined
    if (found.has(path)) return `two tensors are called ${path}`
    found.set(path, own)
    return undefined
  }
  const wrong = walk(value, '', 0)
  return wrong === undefined ? E.right(found) : E.left(wrong)
}

/** Whether the numbers of a tensor follow each other in its storage. */
const isContiguous = ({ shape, strides }: TensorReference): boolean =>
  shape.every((size, axis) => size === 1 || strides[axis] === productOf(shape.slice(axis + 1)))

/** The places of a tensor's numbers in its storage, the last axis fastest. */
const placesOf = ({ shape, strides, offset }: TensorReference): readonly number[] =>
  shape.reduce<readonly number[]>(
    (places, size, axis) =>
      places.flatMap(place => Array.from({ length: size }, (_, index) => place + index * strides[axis])),
    [offset],
  )

/** The numbers of a tensor. */
export const readReference = (tensor: TensorReference): storage.StoredTensor => {
  const { shape, offset, storage: from } = tensor
  const { bytes: width, decode } = from.format
  if (shape.includes(0)) return { shape, data: decode(new Uint8Array(0)) }
  if (isContiguous(tensor))
    return { shape, data: decode(from.bytes.subarray(offset * width, (offset + productOf(shape)) * width)) }
  const all = decode(from.bytes)
  const values = placesOf(tensor).map(place => all[place])
  return { shape, data: all instanceof Float64Array ? Float64Array.from(values) : Float32Array.from(values) }
}

const numbersOf = ({ shape }: TensorReference): number => (shape.includes(0) ? 0 : productOf(shape))

/** Tensors may share a storage; all together have at most so many numbers for each byte of the file. */
const mostShared = 2

/** Files of torch before 1.6 begin with this number as a pickle. */
const oldBeginning = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

const pickleName = /^([^/]+)\/data\.pkl$/

const readFiles = (files: ZipEntries): E.Either<string, ReadonlyMap<string, TensorReference>> => {
  const roots = [...files.keys()].flatMap(name => pickleName.exec(name)?.[1] ?? [])
  if (roots.length !== 1) return E.left(`expected one data.pkl in the archive, came ${roots.length}`)
  const [root] = roots
  const order = files.get(`${root}/byteorder`)
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    return E.left('its numbers are big-endian, which is not read')
  const outside = { reference: storageIn(files, root), call }
  const held = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  return pipe(
    readPickle<Outer>(outside)(files.get(`${root}/data.pkl`)!),
    E.chain(tensorsIn),
    E.filterOrElse(
      found => [...found.values()].reduce((sum, tensor) => sum + numbersOf(tensor), 0) <= mostShared * held,
      () => 'its tensors share their numbers so much that they are no weights',
    ),
  )
}

/** The tensors of a file of torch.save, their numbers still to be read; else what is wrong with the file. */
export const readTorchFile = (bytes: Uint8Array): E.Either<string, ReadonlyMap<string, TensorReference>> =>
  oldBeginning.every((byte, at) => bytes[at] === byte)
    ? E.left('the format of torch before 1.6, which is not read: load it with torch and save it again')
    : pipe(readStoredZip(bytes), E.chain(readFiles))
