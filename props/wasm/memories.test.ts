// Memories that programs borrow: what is lent is large enough, not far too large, and zero, whoever had it before; what
// is too small is let go.

import assert from 'node:assert/strict'
import { openMemories, pageSize } from '../../lib/backend/wasm/memories.ts'
import { example } from '../support/example.ts'

const numbersOf = (memory: WebAssembly.Memory): Float32Array => new Float32Array(memory.buffer)

for (const shared of [true, false]) {
  const kind = shared ? 'shared' : 'private'

  example(`a new ${kind} memory has the pages that were asked for, all zero`, () => {
    const memory = openMemories(shared).take(3)
    assert.equal(memory.buffer.byteLength, 3 * pageSize)
    assert.ok(numbersOf(memory).every(value => value === 0))
    assert.equal(memory.buffer instanceof ArrayBuffer, !shared)
  })

  example(`a ${kind} memory that was given back is lent again, all zero, to whoever needs no more`, () => {
    const memories = openMemories(shared)
    const [small, large] = [memories.take(2), memories.take(4)]
    numbersOf(small).fill(1)
    numbersOf(large).fill(Number.NaN)
    memories.give(large)
    memories.give(small)
    assert.equal(memories.take(1), small)
    assert.equal(memories.take(1), large)
    assert.ok([small, large].every(memory => numbersOf(memory).every(value => value === 0)))
  })

  example(`${kind} memories that are too small for the next program are let go`, () => {
    const memories = openMemories(shared)
    const small = memories.take(1)
    memories.give(small)
    assert.notEqual(memories.take(2), small)
    assert.notEqual(memories.take(1), small)
  })

  example(`a ${kind} memory that is far too large waits for a program that needs it`, () => {
    const memories = openMemories(shared)
    const large = memories.take(9)
    memories.give(large)
    assert.equal(memories.take(2).buffer.byteLength, 2 * pageSize)
    assert.equal(memories.take(8), large)
  })
}
