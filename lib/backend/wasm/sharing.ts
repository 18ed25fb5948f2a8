// The code by which threads share a stage (words: `stages.ts`). A thread first takes its own chunks, whose rows are in
// its cache, and then any that no other thread has begun. It leaves the stage when all chunks are done, whichever
// thread did them. So a thread that the system has suspended keeps the others waiting only if it was in the midst of a
// chunk.
//
//   for each chunk, the thread's own first:  if (take(chunk, stage)) { ...the stage's code...; finish(all) }
//   meet(all)

import { atomicAdd, atomicLoad, compareExchange, sleepWhile, wakeAll } from './code/atomic.ts'
import {
  again,
  branch,
  type Code,
  call,
  called,
  type Function,
  functionOf,
  giveBack,
  repeat,
  set,
  when,
} from './code/statement.ts'
import {
  aboveUnsigned,
  atLeast,
  equal,
  get,
  type I32,
  local,
  minus,
  notEqual,
  plus,
  remainder,
  scaled,
  whole,
} from './code/value.ts'

/** How many threads there are, and the chunks of a stage that each takes before it helps others. */
export interface Sharing {
  readonly threads: number
  readonly chunksEach: number
}

/** Bytes of a cache line. Numbers that different threads write lie this far apart, so that no write slows another. */
export const cacheLine = 64

/** The address of the count of chunks that are done, over all stages so far; it may wrap around. */
const doneAt = 0
/**
 * The address of the first chunk's number: that of the stage in which the chunk may be taken next. The numbers of the
 * other chunks follow, each on a cache line of its own.
 */
const stagesAt = cacheLine

/**
 * How often a waiting thread looks before it sleeps. That many looks take about a tenth of a millisecond; waking a
 * thread takes half as long.
 */
const patience = 65536

/** Chunks of every stage; all is one chunk where the calling thread runs alone. */
export const chunksOf = (sharing: Sharing | undefined): number =>
  sharing === undefined ? 1 : sharing.threads * sharing.chunksEach

/** Bytes at the beginning of memory that sharing needs; they are 0 before the first run. */
export const sharingSize = (sharing: Sharing | undefined): number =>
  sharing === undefined ? 0 : stagesAt + chunksOf(sharing) * cacheLine

/** Gives 1 to the first thread that asks for a chunk of a stage, 0 to all later ones. */
const take = functionOf('take', ['chunk', 'stage'], 'i32', (chunk, stage) => {
  const at = local('i32', 'at')
  const before = compareExchange(get(at), stage, plus(stage, whole(1)))
  return [
    set(at, plus(scaled(chunk, cacheLine), whole(stagesAt))),
    when(notEqual(atomicLoad(get(at)), stage), [giveBack(whole(0))]),
    giveBack(equal(stage, before)),
  ]
})

/** Counts a chunk as done; the last chunk of a stage, which makes it `all`, wakes the threads that sleep. */
const finish = functionOf('finish', ['all'], undefined, all => {
  const done = plus(atomicAdd(whole(doneAt), whole(1)), whole(1))
  return [when(equal(done, all), [wakeAll(whole(doneAt))])]
})

/** Waits until `all` chunks are done. */
const meet = functionOf('meet', ['all'], undefined, all => {
  const [done, looks] = ['done', 'looks'].map(hint => local('i32', hint))
  return [
    again('wait', start => [
      set(done, atomicLoad(whole(doneAt))),
      when(atLeast(minus(get(done), all), whole(0)), [giveBack()]),
      set(looks, plus(get(looks), whole(1))),
      when(aboveUnsigned(get(looks), whole(patience)), [sleepWhile(whole(doneAt), get(done))]),
      branch(start),
    ]),
  ]
})

/** The functions that `shared` calls. */
export const sharingFunctions = (sharing: Sharing | undefined): readonly Function[] =>
  sharing === undefined ? [] : [take, finish, meet]

/** The arguments of a stage's function: the thread's number, and how many stages there have been in earlier runs. */
export interface Runtime {
  readonly thread: I32
  readonly earlier: I32
}

/**
 * The code of one thread for stage `at` of a run; `codeOf` gives the code of a chunk. Stages are numbered over all
 * runs, and their numbers may wrap around.
 */
export const shared = (
  sharing: Sharing | undefined,
  at: number,
  { thread, earlier }: Runtime,
  codeOf: (chunk: I32) => Code,
): Code => {
  if (sharing === undefined) return codeOf(whole(0))
  const chunks = chunksOf(sharing)
  const chunk = local('i32', 'chunk')
  const stage = plus(earlier, whole(at))
  const all = scaled(plus(earlier, whole(at + 1)), chunks)
  return [
    set(chunk, scaled(thread, sharing.chunksEach)),
    ...repeat('tried', chunks, () => [
      when(called(take, get(chunk), stage), [...codeOf(get(chunk)), call(finish, all)]),
      set(chunk, remainder(plus(get(chunk), whole(1)), chunks)),
    ]),
    call(meet, all),
  ]
}
