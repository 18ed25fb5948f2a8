// Python's pickles, read without running anything (pickletools.py has the meaning of every opcode). A pickle is a
// program for a machine with a stack; this machine knows the opcodes that build plain values and no others. Where a
// pickle calls a function of Python, `call` decides by the function's name: it gives a value or refuses. So a pickle
// that would run code is refused by the name of that code:
//
//   cposix\nsystem\n(X...ls\ntR.     is refused: it asks for posix.system, which is not read

import * as E from 'fp-ts/lib/Either.js'
import {
  type Act,
  append,
  emptyRecord,
  float,
  given,
  isList,
  isNamed,
  isRecord,
  line,
  type Machine,
  marked,
  named,
  type Outside,
  type Pickled,
  pop,
  popped,
  push,
  type Refused,
  setItems,
  short,
  signed,
  take,
  text,
  topOf,
  unsigned,
} from './pickle-machine.ts'

const call: Act = machine => {
  const [callee, args] = popped(machine, 2) ?? []
  if (!isNamed(callee) || !isList(args)) return short
  return given(machine, machine.outside.call(callee.name, args))
}

const refer: Act = machine => {
  const id = pop(machine)
  return id === undefined ? short : given(machine, machine.outside.reference(id))
}

/** An object's attributes, such as the versions of a state dictionary's modules: nothing here needs them. */
const build: Act = machine => {
  const state = pop(machine)
  return state === undefined || !isRecord(topOf(machine)) ? short : undefined
}

const remember = <T>(machine: Machine<T>, place: number | undefined): Refused => {
  const top = topOf(machine)
  if (place === undefined || top === undefined) return short
  machine.memo.set(place, top)
  return undefined
}

const recall = <T>(machine: Machine<T>, place: number | undefined): Refused =>
  place === undefined ? short : push(machine, machine.memo.get(place))

const mark: Act = ({ marks, stack }) => {
  marks.push(stack.length)
  return undefined
}

const skip =
  (count: number): Act =>
  machine =>
    take(machine, count) === undefined ? short : undefined

/** The opcodes by their bytes; those of Python's protocol 2, and what protocol 4 has in their place. */
const opcodes: ReadonlyMap<number, Act> = new Map<number, Act>([
  [0x80, skip(1)],
  [0x95, skip(8)],
  [0x28, mark],
  [0x4e, machine => push(machine, null)],
  [0x88, machine => push(machine, true)],
  [0x89, machine => push(machine, false)],
  [0x4a, machine => push(machine, signed(machine, 4))],
  [0x4b, machine => push(machine, unsigned(machine, 1))],
  [0x4d, machine => push(machine, unsigned(machine, 2))],
  [0x8a, machine => push(machine, signed(machine, unsigned(machine, 1)))],
  [0x47, machine => push(machine, float(machine))],
  [0x58, machine => push(machine, text(machine, unsigned(machine, 4)))],
  [0x8c, machine => push(machine, text(machine, unsigned(machine, 1)))],
  [0x7d, machine => push(machine, emptyRecord())],
  [0x5d, machine => push(machine, [])],
  [0x29, machine => push(machine, [])],
  [0x74, machine => push(machine, marked(machine))],
  [0x85, machine => push(machine, popped(machine, 1))],
  [0x86, machine => push(machine, popped(machine, 2))],
  [0x87, machine => push(machine, popped(machine, 3))],
  [0x61, machine => append(machine, popped(machine, 1))],
  [0x65, machine => append(machine, marked(machine))],
  [0x73, machine => setItems(machine, popped(machine, 2))],
  [0x75, machine => setItems(machine, marked(machine))],
  [0x63, machine => named(machine, line(machine), line(machine))],
  [0x93, machine => named(machine, ...((popped(machine, 2) ?? []) as [unknown, unknown]))],
  [0x71, machine => remember(machine, unsigned(machine, 1))],
  [0x72, machine => remember(machine, unsigned(machine, 4))],
  [0x94, machine => remember(machine, machine.memo.size)],
  [0x68, machine => recall(machine, unsigned(machine, 1))],
  [0x6a, machine => recall(machine, unsigned(machine, 4))],
  [0x51, refer],
  [0x52, call],
  [0x81, call],
  [0x62, build],
])

const stop = 0x2e

/** The value of a pickle, or the reason why it is refused. It takes time and memory in proportion to its bytes. */
export const readPickle =
  <T>(outside: Outside<T>) =>
  (bytes: Uint8Array): E.Either<string, Pickled<T>> => {
    const machine: Machine<T> = { bytes, outside, stack: [], marks: [], memo: new Map(), at: 0 }
    while (machine.at < bytes.length) {
      const opcode = bytes[machine.at]
      const place = machine.at
      machine.at += 1
      if (opcode === stop) {
        const whole = machine.stack.length === 1 && machine.marks.length === 0 && machine.at === bytes.length
        return whole ? E.right(machine.stack[0]) : E.left('the pickle ends with other than one value')
      }
      const act = opcodes.get(opcode)
      const refused = act === undefined ? `0x${opcode.toString(16)} is no opcode of plain values` : act(machine)
      if (refused !== undefined) return E.left(`the pickle at byte ${place}: ${refused}`)
    }
    return E.left(`the pickle: ${short}`)
  }
