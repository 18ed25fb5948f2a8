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
    ['a maximum of repetitions is scaled', "node.operation === 'sum' ? map(", 'node.axes.length > 0 ? map('],
    [
      'a reduction of a reduction ignores the operations',
      "node.operand.kind === 'reduce' && node.operand.operation === node.operation",
      "node.operand.kind === 'reduce'",
    ],
    ['max(-x) is -sum(x)', "node.operation === 'sum' && isMap(node.operand, 'neg')", "isMap(node.operand, 'neg')"],
    [
      'factors leave a maximum',
      "const sumHoists: Rule = node => {\n  if (node.kind !== 'reduce' || node.operation !== 'sum' ||",
      "const sumHoists: Rule = node => {\n  if (node.kind !== 'reduce' ||",
    ],
    [
      'of several factors without a summed axis one is kept',
      "free.reduce((product, factor) => map('mul', product, factor)",
      "free.slice(0, 1).reduce((product, factor) => map('mul', product, factor)",
    ],
    [
      'a maximum enters a product as a sum',
      "const sumEnters: Rule = node => {\n  if (node.kind !== 'reduce' || node.operation !== 'sum' ||",
      "const sumEnters: Rule = node => {\n  if (node.kind !== 'reduce' ||",
    ],
  ],
)

const moves = mutantsOf(
  'lib/transform/rules/movement.ts',
  ['props/compile/movement-rules.test.ts'],
  [
    ['a renaming goes if one name stays', '.every(([from, to]) => from === to)', '.some(([from, to]) => from === to)'],
    [
      'split of merge: sizes not compared',
      ' && parts.every((part, i) => node.into[part] === operand.shape[axes[i]])',
      '',
    ],
    ['split of merge: numbers of parts not compared', 'parts.length === axes.length && ', ''],
    ['split of merge: parts named in the other order', '[axis, parts[i]]', '[axis, parts[parts.length - 1 - i]]'],
    [
      'merge of split: order of axes ignored',
      'Object.keys(node.operand.into).join() === node.axes.join()',
      'Object.keys(node.operand.into).sort().join() === [...node.axes].sort().join()',
    ],
    [
      'merge of split: only numbers of axes compared',
      'Object.keys(node.operand.into).join() === node.axes.join()',
      'Object.keys(node.operand.into).length === node.axes.length',
    ],
    [
      'merge of split: the new name forgotten',
      'O.some(rename({ [node.operand.axis]: node.into }, node.operand.operand))',
      'O.some(node.operand.operand)',
    ],
    ['slice of slice: the inner start forgotten', 'inner.start + node.start', 'node.start'],
    ['slice of slice: the outer start forgotten', 'inner.start + node.start', 'inner.start'],
    [
      'a slice floats below a maximum as below a sum',
      'reduce(operand.operation, operand.axes, sliceOf',
      "reduce('sum', operand.axes, sliceOf",
    ],
    [
      'a slice of a repetition keeps its size',
      'expand({ ...operand.sizes, [axis]: size }, operand.operand)',
      'expand(operand.sizes, operand.operand)',
    ],
    [
      'a slice floats below another, whose start is forgotten',
      'slice(operand.axis, operand.start, operand.size, sliceOf',
      'slice(operand.axis, 0, operand.size, sliceOf',
    ],
    [
      'a slice floats below a pad, which is turned round',
      'pad(operand.axis, operand.before, operand.after, sliceOf',
      'pad(operand.axis, operand.after, operand.before, sliceOf',
    ],
  ],
)

const pads = mutantsOf(
  'lib/transform/rules/movement.ts',
  ['props/compile/padding-rules.test.ts'],
  [
    ['a slice that ends with the first element is zero', 'start + node.size <= 0 ||', 'start + node.size <= 1 ||'],
    ['a slice that begins with the last element is zero', '|| start >= kept ?', '|| start >= kept - 1 ?'],
    [
      'pads of two axes compose',
      "node.operand.kind === 'pad' && node.operand.axis === node.axis",
      "node.operand.kind === 'pad'",
    ],
    [
      'equal elements padded are equal',
      "value === undefined || (node.kind === 'pad' && value !== 0)",
      'value === undefined',
    ],
    [
      'a small slice floats below a pad of its own axis',
      'return operand.axis === node.axis\n',
      "return operand.axis === ''\n",
    ],
    ['alike pads: axes not compared', 'x.axis === y.axis && x.before', 'x.before'],
    ['alike pads: `after` not compared', ' && x.after === y.after\n}', '\n}'],
    ['max(pad x, y) is pad max(x, y)', "['mul', 'neg', 'add']", "['mul', 'neg', 'add', 'max']"],
    ['exp(pad x) is pad exp(x)', "['mul', 'neg', 'add']", "['mul', 'neg', 'add', 'exp']"],
    ['a factor loses a pad of another axis', "x.kind === 'pad' && x.axis === axis &&", "x.kind === 'pad' &&"],
    ['a factor loses a pad with other zeros before', 'x.axis === axis && x.before === before &&', 'x.axis === axis &&'],
    [
      'a factor loses a pad with other zeros after',
      'x.before === before && x.after === after)',
      'x.before === before)',
    ],
  ],
)

/** Wrong changes of the simplifier's rules. */
export const survivorsRules: readonly Mutant[] = [...arithmetic, ...reductions, ...moves, ...pads]
