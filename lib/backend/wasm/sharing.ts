// How threads share a program. Every stage is cut into the same number of parts. A thread takes its own parts first, whose rows
// are in its cache, then those that others have not begun; a stage ends when all its parts are done, whoever did them. So a
// thread that the system has put aside for other work keeps nobody waiting, unless it was in the midst of a part.

import { functionText, get, plus, repeat, scaled, set, type Text, when, whole } from './print/text.ts'

/** How many threads there are, and the parts of a stage that each would do by itself; undefined for the calling thread alone. */
export interface Sharing {
  readonly threads: number
  readonly partsEach: number
}

/** Bytes that processors keep together: what threads write to lies apart by as many. */
export const cacheLine = 64

/** Each on a cache line of its own: parts done so far, then for each part the stages in which it was taken. */
const doneAt = 0
const takenAt = cacheLine

/** Turns of a waiting thread's loop before it goes to sleep: about a tenth of a millisecond, for to be woken takes half of that. */
const patience = 65536

/** Parts of every stage. */
export const partsOf = (sharing: Sharing | undefined): number =>
  sharing === undefined ? 1 : sharing.threads * sharing.partsEach

/** Bytes at the beginning of memory that sharing needs; they are 0 before the first run. */
export const sharingSize = (sharing: Sharing | undefined): number =>
  sharing === undefined ? 0 : takenAt + partsOf(sharing) * cacheLine

const atomic = (operation: string, ...operands: readonly Text[]): Text => `(${operation} ${operands.join(' ')})`

/** Whether this thread may do the given part of the given stage: the first one that asks may. */
const take = (): Text =>
  functionText(
    'take',
    ['part', 'stage'],
    new Map([['at', 'i32']]),
    [
      set('at', plus(scaled(get('part'), cacheLine), whole(takenAt))),
      `(if (i32.ne ${atomic('i32.atomic.load', get('at'))} ${get('stage')}) (then (return ${whole(0)})))`,
      `(i32.eq ${get('stage')} ${atomic('i32.atomic.rmw.cmpxchg', get('at'), get('stage'), plus(get('stage'), whole(1)))})`,
    ],
    'i32',
  )

/** A part is done; the last one of a stage, which makes it `all` parts, wakes those that sleep. */
const finish = (): Text =>
  functionText('finish', ['all'], new Map(), [
    ...when(`(i32.eq ${plus(atomic('i32.atomic.rmw.add', whole(doneAt), whole(1)), whole(1))} ${get('all')})`, [
      `(drop ${atomic('memory.atomic.notify', whole(doneAt), whole(-1))})`,
    ]),
  ])

/** Waits until `all` parts are done. */
const meet = (): Text =>
  functionText(
    'meet',
    ['all'],
    new Map([
      ['done', 'i32'],
      ['spins', 'i32'],
    ]),
    [
      '(loop $wait',
      set('done', atomic('i32.atomic.load', whole(doneAt))),
      ...when(`(i32.ge_s (i32.sub ${get('done')} ${get('all')}) ${whole(0)})`, ['return']),
      set('spins', plus(get('spins'), whole(1))),
      ...when(`(i32.gt_u ${get('spins')} ${whole(patience)})`, [
        `(drop ${atomic('memory.atomic.wait32', whole(doneAt), get('done'), '(i64.const -1)')})`,
      ]),
      '(br $wait)',
      ')',
    ],
  )

/** The functions that the lines below call. */
export const sharingFunctions = (sharing: Sharing | undefined): readonly Text[] =>
  sharing === undefined ? [] : [take(), finish(), meet()]

/**
 * A stage, given what to do for the part in local `part`. Stages are numbered in the order they run in, over all runs: this one
 * is the number in `first` plus `at`. Numbers may wrap around.
 */
export const inParts = (sharing: Sharing | undefined, at: number, body: readonly Text[]): readonly Text[] => {
  if (sharing === undefined) return body
  const parts = partsOf(sharing)
  const stage = plus(get('first'), whole(at))
  const all = scaled(plus(get('first'), whole(at + 1)), parts)
  return [
    set('part', scaled(get('thread'), sharing.partsEach)),
    ...repeat('parts', 'tried', parts, [
      ...when(`(call $take ${get('part')} ${stage})`, [...body, `(call $finish ${all})`]),
      set('part', `(i32.rem_u ${plus(get('part'), whole(1))} ${whole(parts)})`),
    ]),
    `(call $meet ${all})`,
  ]
}
