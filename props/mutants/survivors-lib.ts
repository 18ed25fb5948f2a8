// Mutants of lib/ that the tests once let live; each names the tests that fail with it now. The last ones change dino/,
// for what they break is held by tests that said so and did not.

import type { Mutant } from './mutant.ts'
import { mutantsOf } from './mutant-rows.ts'
import { survivorsRules } from './survivors-rules.ts'

const overwriting = mutantsOf(
  'lib/loops/overwritable.ts',
  ['props/compile/plan.test.ts'],
  [['a product is written over a factor', '!reduced.has(input) && ', '']],
)

const plans = mutantsOf(
  'lib/compile/memory-plan.ts',
  ['props/compile/plan.test.ts'],
  [
    [
      'the plan tells lives that are shorter than those it was made by',
      '    lives,\n  }\n}',
      '    lives: lives.map(({ from, to }) => ({ from, to: Math.max(from, to - 1) })),\n  }\n}',
    ],
  ],
)

const compiler: readonly Mutant[] = [
  ...overwriting,
  { ...overwriting[0], change: 'a product is written over a factor, on wasm', tests: ['props/wasm/products.test.ts'] },
  ...plans,
  ...mutantsOf(
    'lib/compile/schedule.ts',
    ['props/compile/schedule.test.ts'],
    [['the limit of nodes dropped', ' || whole.nodes > nodes;', ';']],
  ),
  ...mutantsOf(
    'lib/compile/layout.ts',
    ['props/compile/layout.test.ts', 'props/compile/counts.test.ts'],
    [
      ['the latest order wins', 'other.origin < first.origin ?', 'other.origin > first.origin ?'],
      ['factors begin with the summed axes', '[...kept, ...summed]', '[...summed, ...kept]'],
      [
        'a contraction begins with its right factor',
        'append(append(shared, kept(left)), kept(right))',
        'append(append(shared, kept(right)), kept(left))',
      ],
      ['wishes of contractions are the weakest', 'const contractedOrigin = -0.5', 'const contractedOrigin = 1e9'],
    ],
  ),
  ...mutantsOf(
    'lib/compile/layout.ts',
    ['props/compile/layout.test.ts'],
    [
      [
        'the narrowest operand comes first',
        'elements(right.shape) - elements(left.shape)',
        'elements(left.shape) - elements(right.shape)',
      ],
      ['wishes go down one node', 'const node of [...nodes].reverse()', 'const node of nodes'],
    ],
  ),
  ...mutantsOf(
    'lib/compile/order.ts',
    ['props/compile/order.test.ts', 'props/compile/counts.test.ts'],
    [
      ['the step that needs most comes first', 'return freed.reduce(', 'return -freed.reduce('],
      ['what a step allocates does not count', 'kept.has(output) ? 0 : lengths[output])', '0)'],
      ['what is read again counts as freed', 'unread.get(buffer) === 1 && ', ''],
    ],
  ),
  ...mutantsOf(
    'lib/compile/order.ts',
    ['props/compile/order.test.ts'],
    [
      ['what a step frees does not count', '=> total - lengths[buffer]', '=> total'],
      ['outputs count as allocated', 'kept.has(output) ? 0 : ', ''],
      [
        'inputs count as freed',
        'reads[step].filter(buffer => unread.get(buffer) === 1',
        'steps[step].inputs.filter(buffer => (unread.get(buffer) ?? 1) === 1',
      ],
      ['outputs count as freed', ' && !kept.has(buffer)', ''],
      ['of equal steps the last comes first', 'cost === least && step < chosen', 'cost === least && step > chosen'],
    ],
  ),
]

const executors: readonly Mutant[] = [
  ...mutantsOf(
    'lib/backend/wasm/code/vector.ts',
    ['props/wasm/arithmetic.test.ts'],
    [['not fused is fused', 'fused ? apply(', 'fused !== undefined ? apply(']],
  ),
  ...mutantsOf(
    'lib/backend/wasm/assemble.ts',
    ['props/wasm/arithmetic.test.ts'],
    [['every program is fused', 'kernel, { fused }))', 'kernel, { fused: fused || true }))']],
  ),
  ...mutantsOf(
    'lib/backend/wasm/print/contraction/pack-panel.ts',
    ['props/wasm/packing.test.ts'],
    [
      ['packing four sums reads beyond valid columns', '(lane < validIn(vector, width) ? lane : 0)', 'lane'],
      [
        'packing one sum reads beyond valid columns',
        'columnStride, validIn(vector, width))',
        'columnStride, lanesPerVector)',
      ],
    ],
  ),
  ...mutantsOf(
    'lib/backend/wasm/print/contraction/epilogue.ts',
    ['props/wasm/products.test.ts'],
    [
      ['an epilogue from scratch stays at the first vector', ', saved.move(bytesPerVector)]', ']'],
      [
        'an epilogue from scratch leaves out the last columns',
        'rest === 0 ? [] : finish(rest)',
        'rest === 0 ? [] : []',
      ],
      ['rows of a tile in scratch overlap', '(row * vectors + vector) * bytes', '(row + vector) * bytes'],
    ],
  ),
  ...mutantsOf(
    'lib/backend/wasm/sharing.ts',
    ['props/wasm/stages.test.ts'],
    [['the barrier between stages removed', '    call(meet, all),\n', '']],
  ),
  ...mutantsOf(
    'lib/backend/gpujs/source.ts',
    ['props/gpu/index-division.test.ts', 'props/anywhere/wide-dimensions.test.ts'],
    [
      ['the quotient without its half', ' + 0.5) / ', ') / '],
      ['thread dimensions reversed', 'dimensions[groups.length - 1 - place]', 'dimensions[place]'],
      ['output dimensions reversed', 'groups.map(({ size }) => size).reverse()', 'groups.map(({ size }) => size)'],
    ],
  ),
]

const language: readonly Mutant[] = [
  ...mutantsOf(
    'lib/language/scalar.ts',
    ['props/language/derivatives.test.ts'],
    [['the derivative of abs is 1 at 0', 'select(less(zero, x), one, zero)', 'one']],
  ),
  ...mutantsOf(
    'lib/tree/random.ts',
    ['props/tree/random-ends.test.ts'],
    [
      ['the logarithm of 0 is possible', '(words[2 * index] + 1) * 2 ** -32', 'words[2 * index] * 2 ** -32'],
      ['`whole` never gives its upper end', '(high - low + 1))', '(high - low))'],
    ],
  ),
]

const held: readonly Mutant[] = [
  ...mutantsOf(
    'dino/model/head.ts',
    ['props/golden/dino-head.test.ts'],
    [['a frozen gain is trained', 'normLastLayer ? stopGradient(gain) : ', '']],
  ),
  ...mutantsOf(
    'dino/objective/assignment.ts',
    ['props/dino/teacher.test.ts'],
    [
      [
        'the loss flows back to the teacher',
        "stopGradient(softmax('prototype', temperature)(sub(logits, centre)))",
        "softmax('prototype', temperature)(sub(logits, centre))",
      ],
    ],
  ),
]

/** Wrong changes of lib/, and of what its tests hold in dino/. */
export const survivorsLib: readonly Mutant[] = [...compiler, ...executors, ...language, ...survivorsRules, ...held]
