// What a division of indices reads like in the source of gpu.js kernels.

import assert from 'node:assert/strict'
import { compiler } from '../../lib/index.ts'
import { input, iota, map, merge } from '../../lib/language/expression.ts'
import { example } from '../support/example.ts'
import { programOf } from '../support/programs.ts'

example('an index is divided by a size after a half is added, for float32 may put the quotient just below', () => {
  const x = input('x', { row: 60, column: 9 })
  const roots = [merge(['column', 'row'], 'place', x), map('add', x, iota('row', 60))]
  const quotients = compiler.showGpuSource(programOf(roots)).match(/Math\.floor\(.*? \/ \d+\)/g) ?? []
  assert.ok(quotients.length >= 2, 'there are divisions')
  for (const quotient of quotients) assert.match(quotient, /^Math\.floor\(\(.* \+ 0\.5\) \/ \d+\)$/)
})
