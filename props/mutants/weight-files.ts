// Wrong changes of how files of weights are read and models are written: what would load half a model, run what a file
// asks for, or give other features elsewhere.

import type { Mutant } from './mutant.ts'
import { mutantsOf, type Row } from './mutant-rows.ts'

const torchFiles: readonly Row[] = [
  ['strides are not heard', 'if (isContiguous(tensor))', 'if (true)'],
  ['a tensor begins where its storage does', 'place + index * strides[axis]', 'index * strides[axis]'],
  ['tensors may reach beyond their storage', 'last >= own.count || productOf(shape) > own.count', 'false'],
  [
    'any class of Python is an empty dictionary',
    'default:\n      return E.left(',
    'default:\n      return E.right(emptyRecord()) ?? E.left(',
  ],
  ['a storage of another length is read', 'bytes?.length !== count * format.bytes', 'bytes === undefined'],
]

const pickles: readonly Row[] = [
  ['signed numbers are unsigned', 'BigInt.asIntN(8 * bytes.length, positive)', 'positive'],
  ['numbers are big-endian', 'take(machine, count)?.reduceRight(', 'take(machine, count)?.reduce('],
  ['a key may stand twice', 'if (record.entries.has(items[at])) return', 'if (false) return'],
]

const timm: readonly Row[] = [
  ["the class token's position is lost", 'value + position.data[at]', 'value'],
  ['positions are one place off', 'data.set(position.data, features)', 'data.set(position.data, 0)'],
]

const operators: readonly Row[] = [
  [
    'a selection takes the other',
    "[sheet.apply('Cast', [condition], { to: types.boolean }), x, y]",
    "[sheet.apply('Cast', [condition], { to: types.boolean }), y, x]",
  ],
  ['the comparison is turned round', "sheet.apply('Less', operands)", "sheet.apply('Greater', operands)"],
]

const arranged: readonly Row[] = [
  ['dimensions are not brought in order', 'if (own.join() === axes.join()) return value', 'return value'],
  [
    'what is repeated is not',
    "return { name: sheet.apply('Expand', [unsqueezed, sheet.integers(sizes)]), dims }",
    'return { name: unsqueezed, dims }',
  ],
]

const wire: readonly Row[] = [['lengths end at seven bits', 'rest > 127n; rest >>= 7n', 'rest > 127n; rest >>= 8n']]

const dynamic: readonly Row[] = [
  [
    'a mean over the batch is of the size that it was printed at',
    'sameOnnx(one, other) ? O.some(one) : O.none',
    'O.some(one)',
  ],
]

/** Each is seen by all of its tests; those of ONNX need its runtime. */
export const weightFiles: readonly Mutant[] = [
  ...mutantsOf('dino/weights/torch-file.ts', ['props/weights/torch-files.test.ts'], torchFiles),
  ...mutantsOf('dino/weights/pickle-machine.ts', ['props/weights/torch-files.test.ts'], pickles),
  ...mutantsOf('dino/weights/timm-positions.ts', ['props/weights/timm-positions.test.ts'], timm),
  ...mutantsOf('lib/emit/onnx/operators.ts', ['props/emit/onnx-graphs.test.ts'], operators),
  ...mutantsOf('lib/emit/onnx/arrange.ts', ['props/emit/onnx-graphs.test.ts'], arranged),
  ...mutantsOf('lib/emit/onnx/wire.ts', ['props/emit/onnx-model.test.ts'], wire),
  ...mutantsOf('lib/emit/onnx/dynamic.ts', ['props/emit/onnx-batch.test.ts'], dynamic),
]
