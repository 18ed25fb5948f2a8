// Mutants of the simplifier's rules that random graphs let live at a hundred runs: a rule that forgets a condition, an
// order, or a size. Each is seen by a directed case now.

import type { Mutant } from './mutant.ts'
import { mutantsOf } from './mutant-rows.ts'

const arithmetic = mutantsOf(
  'lib/transform/rules/arithmetic.ts',
  ['props/compile/arithmetic-rules.test.ts'],
  [
    ['constants fold with their operands swapped', 'value(x, y, w)', 'value(y, x, w)'],
    ['constants fold to infinity', 'Number.isFinite(value) ?', '!Number.isNaN(value) ?'],
    ['a negative condition is false', 'known !== 0 ? x : y', 'known > 0 ? x : y'],
    ['a known condition chooses the other branch', 'known !== 0 ? x : y', 'known === 0 ? x : y'],
  ],
)

const reductions = mutantsOf(
  'lib/transform/rules/reductions.ts',
  ['props/compile/reduction-rules.test.ts'],
  [
    ['a maximum of repetitions is scaled', "operation === 'sum' ? map(", 'axes.length > 0 ? map('],
    [
      'a reduction of a reduction ignores the operations',
      'outer.operation === operation ? reduce(operation, [...axes, ...outer.axes], operand) : undefined',
      'reduce(outer.operation, [...axes, ...outer.axes], operand)',
    ],
    [
      'max(-x) is -sum(x)',
      "onSum('neg', ({ axes }, { operands: [x] }) =>",
      "over('reduce', 'map', ({ axes }, { operation, operands: [x] }) => operation !== 'neg' ? undefined :",
    ],
    [
      'factors leave a maximum',
      "const sumHoists = onSum('mul', ({ axes }, product) => {",
      `const sumHoists = over('reduce', 'map', ({ axes }, product) => {
  if (product.operation !== 'mul') return undefined`,
    ],
    [
      'of several factors without a summed axis one is kept',
      'free.reduce((scaled, factor) =>',
      'free.slice(0, 1).reduce((scaled, factor) =>',
    ],
    [
      'a maximum enters a product as a sum',
      "const sumEnters = onSum('mul', ({ axes }, { operands: [x, y] }) => {",
      `const sumEnters = over('reduce', 'map', ({ axes }, { operation, operands: [x, y] }) => {
  if (operation !== 'mul') return undefined`,
    ],
  ],
)

const moves = mutantsOf(
  'lib/transform/rules/movement.ts',
  ['props/compile/movement-rules.test.ts'],
  [
    ['a renaming goes if one name stays', '.every(([from, to]) => from === to)', '.some(([from, to]) => from === to)'],
    ['split of merge: sizes not compared', ' && parts.every((part, at) => into[part] === operand.shape[axes[at]])', ''],
    ['split of merge: numbers of parts not compared', 'parts.length === axes.length && ', ''],
    ['split of merge: parts named in the other order', '[old, parts[at]]', '[old, parts[parts.length - 1 - at]]'],
    [
      'merge of split: order of axes ignored',
      'Object.keys(into).join() === axes.join()',
      'Object.keys(into).sort().join() === [...axes].sort().join()',
    ],
    [
      'merge of split: only numbers of axes compared',
      'Object.keys(into).join() === axes.join()',
      'Object.keys(into).length === axes.length',
    ],
    ['merge of split: the new name forgotten', 'rename({ [axis]: merged }, operand) :', 'operand :'],
  ],
)

const slices = mutantsOf(
  'lib/transform/rules/slices.ts',
  ['props/compile/movement-rules.test.ts'],
  [
    ['slice of slice: the inner start forgotten', 'inner.start + start', 'start'],
    ['slice of slice: the outer start forgotten', 'inner.start + start', 'inner.start'],
    [
      'a slice floats below a maximum as below a sum',
      'reduce(operation, axes, below(operand))',
      "reduce('sum', axes, below(operand))",
    ],
    ['a slice of a repetition keeps its size', 'expand({ ...sizes, [axis]: size }, operand)', 'expand(sizes, operand)'],
    [
      'a slice floats below another, whose start is forgotten',
      'slice(axis, start, size, below(operand))',
      'slice(axis, 0, size, below(operand))',
    ],
    [
      'a slice floats below a pad, which is turned round',
      'pad(axis, before, after, below(operand))',
      'pad(axis, after, before, below(operand))',
    ],
  ],
)

const padded = [
  ...mutantsOf(
    'lib/transform/rules/slices.ts',
    ['props/compile/padding-rules.test.ts'],
    [
      ['a slice that ends with the first element is zero', 'from + size <= 0 ||', 'from + size <= 1 ||'],
      ['a slice that begins with the last element is zero', '|| from >= kept ?', '|| from >= kept - 1 ?'],
      ['a small slice floats below a pad of its own axis', 'axis === node.axis ? undefined : pad(', 'pad('],
    ],
  ),
  ...mutantsOf(
    'lib/transform/rules/movement.ts',
    ['props/compile/padding-rules.test.ts'],
    [
      [
        'equal elements padded are equal',
        "value === undefined || (node.kind === 'pad' && value !== 0)",
        'value === undefined',
      ],
    ],
  ),
]

const pads = mutantsOf(
  'lib/transform/rules/pads.ts',
  ['props/compile/padding-rules.test.ts'],
  [
    [
      'pads of two axes compose',
      'inner.axis === axis ? pad(axis, before + inner.before, after + inner.after, inner.operand) : undefined',
      'pad(axis, before + inner.before, after + inner.after, inner.operand)',
    ],
    ['alike pads: axes not compared', 'left.axis === right.axis && left.before', 'left.before'],
    ['alike pads: `after` not compared', ' && left.after === right.after', ''],
    [
      'max(pad x, y) is pad max(x, y)',
      'readonly Rule[] = [',
      `readonly Rule[] = [
  onMap('max', (x, { operands: [, y] }) =>
    x.kind === 'pad' ? around(x, map('max', x.operand, kept(x, y))) : undefined,
  ),
`,
    ],
    [
      'exp(pad x) is pad exp(x)',
      'readonly Rule[] = [',
      `readonly Rule[] = [
  onMap('exp', x => (x.kind === 'pad' ? around(x, map('exp', x.operand)) : undefined)),
`,
    ],
    ['a factor loses a pad of another axis', 'alike(x, by)', 'x.before === by.before && x.after === by.after'],
    ['a factor loses a pad with other zeros before', 'alike(x, by)', 'x.axis === by.axis && x.after === by.after'],
    ['a factor loses a pad with other zeros after', 'alike(x, by)', 'x.axis === by.axis && x.before === by.before'],
  ],
)

/** Wrong changes of the simplifier's rules. */
export const survivorsRules: readonly Mutant[] = [...arithmetic, ...reductions, ...moves, ...slices, ...padded, ...pads]
