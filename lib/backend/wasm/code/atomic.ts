// Instructions by which threads signal to each other in shared memory: whole numbers are read and written in one piece,
// and a thread can sleep at an address until another wakes it. All threads see these reads and writes in one order.
// What a thread wrote before one of them is seen by every thread that reads its result.
//
//   atomicAdd(whole(0), whole(1))        prints as  (i32.atomic.rmw.add (i32.const 0) (i32.const 1))

import { perform, type Statement } from './statement.ts'
import { apply, type I32, type Value, whole } from './value.ts'

/** The number at an address. */
export const atomicLoad = (address: I32): I32 => apply('i32', 'i32.atomic.load', address)

/** Adds to the number at an address; gives the number that was there before. */
export const atomicAdd = (address: I32, amount: I32): I32 => apply('i32', 'i32.atomic.rmw.add', address, amount)

/** Puts `next` where `expected` is, and changes nothing where it is not; gives the number that was there before. */
export const compareExchange = (address: I32, expected: I32, next: I32): I32 =>
  apply('i32', 'i32.atomic.rmw.cmpxchg', address, expected, next)

const forEver: Value<'i64'> = { kind: 'constant', type: 'i64', value: -1 }

/** Sleeps until it is woken, if the number at an address is still `seen`. */
export const sleepWhile = (address: I32, seen: I32): Statement =>
  perform('drop', apply('i32', 'memory.atomic.wait32', address, seen, forEver))

/** Wakes every thread that sleeps at an address. */
export const wakeAll = (address: I32): Statement =>
  perform('drop', apply('i32', 'memory.atomic.notify', address, whole(-1)))
