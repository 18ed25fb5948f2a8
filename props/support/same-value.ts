// Comparing what an example gives with what it says that it gives.

import assert from 'node:assert/strict'

/** Numbers may differ by this, relative to the larger of them and 1. */
const closeness = 1e-6

const differs = (got: unknown, expected: unknown): boolean => {
  if (typeof got === 'number' && typeof expected === 'number')
    return !(Object.is(got, expected) || Math.abs(got - expected) <= closeness * Math.max(1, Math.abs(expected)))
  if (ArrayBuffer.isView(got)) return differs([...(got as Float64Array)], expected)
  if (typeof got !== 'object' || typeof expected !== 'object' || got === null || expected === null)
    return got !== expected
  const [names, others] = [Object.keys(got), Object.keys(expected)]
  const fields = (of: object, name: string): unknown => (of as Readonly<Record<string, unknown>>)[name]
  return names.length !== others.length || names.some(name => differs(fields(got, name), fields(expected, name)))
}

/** Fails unless both are the same: numbers to a millionth, lists and records field by field. */
export const same = (got: unknown, expected: unknown): void => {
  if (differs(got, expected)) assert.deepEqual(got, expected)
}
