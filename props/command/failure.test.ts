// Failures: each source has a telling, without which nothing compiles; what it tells says what was expected and what
// came, and the user's own faults end a command with status 2.

import assert from 'node:assert/strict'
import { showFailure, statusOf } from '../../dino/command/tell-failure.ts'
import { type ErrorSource, type Errors, failure } from '../../dino/run/failure.ts'
import { example } from '../support/example.ts'
import { faultsOfProgram, projectFolder } from '../support/type-checker.ts'

type Told<E> = readonly (readonly [error: E, status: 1 | 2, told: RegExp])[]

const came = { name: '--batch', allowed: 'a number', came: '"many"' }
const first = { kind: 'broken picture', path: 'a\n.png', reason: 'cut' } as const

const samples: { readonly [S in ErrorSource]: Told<Errors[S]> } = {
  run: [
    [{ kind: 'unknown executor', name: 'x', known: ['auto'] }, 2, /"x" is not known; allowed are auto/],
    [{ kind: 'failed', executor: 'wasm', reason: 'no memory' }, 1, /executor wasm failed: no memory/],
  ],
  data: [
    [{ kind: 'missing folder', path: 'p' }, 1, /expected a folder of pictures at p, came nothing/],
    [first, 1, /^a\\x0a\.png cannot be decoded: cut$/],
    [{ kind: 'nothing readable', set: 's', count: 3, first }, 1, /none of the 3 pictures of s .*a\\x0a\.png cannot/],
  ],
  option: [[came, 2, /^--batch: expected a number, came "many"$/]],
  configuration: [
    [
      { path: 'c.json', refusals: [came, { ...came, name: 'x' }] },
      2,
      /^c\.json is not .*:\n {2}--batch: expected a number.*\n {2}x: /,
    ],
  ],
  record: [[{ path: 'run/a', expected: 'b', came: 'c' }, 1, /^run\/a: expected b, came c$/]],
  training: [
    [
      { kind: 'not finite', step: 3, loss: Number.NaN },
      1,
      /step 3: expected finite numbers, came a loss of NaN; .*\n.*--learning-rate/,
    ],
    [
      {
        kind: 'not finite',
        step: 3,
        loss: Number.NaN,
        first: {
          operation: 'exp',
          place: { scopes: ['student', 'block 1', 'attention'], gradient: true },
          shape: { batch: 4 },
          from: ['input.batch.global'],
        },
      },
      1,
      /: exp in the gradient of student \/ block 1 \/ attention \(batch 4\), made of input\.batch\.global\n.*--clip/,
    ],
    [{ kind: 'lost thread', reason: 'gone' }, 1, /the thread that makes views ended before its time: gone/],
    [{ kind: 'too large', needed: 9e9, limit: 4e9, largest: 'x' }, 2, /at least 9\.0 GB, and there are 4\.0 GB.* x$/],
  ],
}

const told = <S extends ErrorSource>(source: S, list: Told<Errors[S]>): void => {
  for (const [error, status, expected] of list) {
    const failed = failure(source)(error)
    assert.match(showFailure(failed), expected)
    assert.equal(statusOf(failed), status)
  }
}

for (const source of Object.keys(samples) as ErrorSource[])
  example(`a failure of ${source} is told in words`, () => told(source, samples[source]))

example('a source that nobody tells does not compile', () => {
  const faults = faultsOfProgram(`
    import type { Tellings } from '${projectFolder}dino/command/tell-failure.ts'
    declare const all: Tellings
    const { training, ...others } = all
    export const tellings: Tellings = others
  `)
  assert.equal(faults.length, 1, faults.join('\n'))
  assert.match(faults[0], /Property 'training' is missing/)
})

example('a kind of error that its source does not show does not compile', () => {
  const faults = faultsOfProgram(`
    import type { Errors } from '${projectFolder}dino/run/failure.ts'
    export const show = (error: Errors['training']): string => {
      switch (error.kind) {
        case 'not finite': return 'a'
        case 'lost thread': return 'b'
      }
    }
  `)
  assert.equal(faults.length, 1, faults.join('\n'))
})
