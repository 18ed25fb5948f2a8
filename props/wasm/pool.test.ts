// The pool of threads: every thread runs, and what goes wrong on one of them is an error for whoever waits, now and
// later, never a wait without end.

import assert from 'node:assert/strict'
import { openEngine } from '../../lib/backend/wasm/engine.ts'
import { openPool } from '../../lib/backend/wasm/pool.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'

const { assemble } = await expectRight(openEngine)

/** A module whose `run` does this in a thread whose number is in `$thread`. */
const moduleOf = (body: string, pages = 1): WebAssembly.Module =>
  new WebAssembly.Module(
    assemble(`(module
      (import "env" "memory" (memory ${pages} 65536 shared))
      (func (export "run") (param $thread i32) (param $first i32) ${body}))`),
  )

const newMemory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })

const counting = `(drop (i32.atomic.rmw.add (i32.const 0) (i32.add (local.get $thread) (i32.const 1))))`

/** Waits for the other thread for ever, which one that failed never is. */
const failing = `
  (if (i32.eqz (local.get $thread))
    (then (unreachable))
    (else (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))`

example('every thread runs every function once, with its own number', async () => {
  const pool = await openPool(3)
  const memory = newMemory()
  const program = pool.load(moduleOf(counting), memory)
  assert.equal((await pool.run(program, ['run', 'run'], 0)).length, 2)
  assert.equal(new Int32Array(memory.buffer)[0], 2 * (1 + 2 + 3))
  await pool.close()
})

example('a thread that fails ends the run of all, and every later one', async () => {
  const pool = await openPool(2)
  const [bad, good] = [failing, counting].map(body => pool.load(moduleOf(body), newMemory()))
  await assert.rejects(pool.run(bad, ['run'], 0), /a thread failed: unreachable/)
  await assert.rejects(pool.run(good, ['run'], 0), /a thread failed: unreachable/)
  await pool.close()
})

example('a module that does not fit its memory fails with the reason', async () => {
  const pool = await openPool(2)
  const program = pool.load(moduleOf(counting, 2), newMemory())
  await assert.rejects(pool.run(program, ['run'], 0), /a thread failed: .*memory/)
  await pool.close()
})

example('nothing runs on a pool that was closed, not even what was under way', async () => {
  const pool = await openPool(2)
  const waiting = '(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))'
  const program = pool.load(moduleOf(waiting), newMemory())
  const started = assert.rejects(pool.run(program, ['run'], 0), /the executor was closed/)
  await pool.close()
  await started
  await assert.rejects(pool.run(program, ['run'], 0), /the executor was closed/)
})
