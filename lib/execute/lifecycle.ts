// The life of a loaded program. While it is ready, it is known which state was written. A run or a write that fails may
// leave half a state behind, so from then on every call is refused with the same error. Once the executor is closed,
// every call is refused too. Calls that are begun together are done one after the other.
//
//   ready { present: {} }  -- write state -->  ready { present: { state } }  -- run fails -->  failed { 'device lost' }

import * as E from 'fp-ts/lib/Either.js'
import { type Graph, inputsOf } from '../compile/checked.ts'
import { elements, type Shape } from '../language/axes.ts'
import type { RunError } from './errors.ts'
import type { Loaded, Resident, Values } from './executor.ts'

/**
 * A program that runs. `present` names the state that was written or that a run left; `kept` is written state that the
 * device does not hold, until a run replaces it.
 */
interface Ready {
  readonly kind: 'ready'
  readonly present: ReadonlySet<string>
  readonly kept: Values
}

/** The phases of a program's life. */
type Phase = Ready | { readonly kind: 'failed' | 'closed'; readonly error: RunError }

type Shapes = ReadonlyMap<string, Shape>

/** A program with its life. */
interface Living {
  readonly resident: Resident
  /** The error that says that its executor was closed, if it was. */
  readonly closed: () => RunError | undefined
  /** Shapes of the state, and of the inputs that are no state. */
  readonly state: Shapes
  readonly fresh: Shapes
  /** State that a run reads. */
  readonly needed: readonly string[]
  phase: Phase
}

const pick = (values: Values, chosen: (name: string) => boolean): Values =>
  new Map([...values].filter(([name]) => chosen(name)))

/** The first fault of values that should have every one of these names, each as long as its shape says. */
const wrongIn = (shapes: Shapes, values: Values): RunError | undefined => {
  for (const [name, shape] of shapes) {
    const value = values.get(name)
    if (value === undefined) return { kind: 'missing input', name, given: [...values.keys()] }
    const expected = elements(shape)
    if (value.length !== expected) return { kind: 'wrong length', name, expected, came: value.length }
  }
  return undefined
}

/** The phase that a program is in now; closing its executor ends every other. */
const wake = (program: Living): Phase => {
  const error = program.closed()
  if (error !== undefined) program.phase = { kind: 'closed', error }
  return program.phase
}

const write = async (program: Living, values: Values): Promise<E.Either<RunError, void>> => {
  const phase = wake(program)
  if (phase.kind !== 'ready') return E.left(phase.error)
  const { resident, state } = program
  const given = pick(values, name => state.has(name))
  const wrong = wrongIn(new Map([...state].filter(([name]) => given.has(name))), given)
  if (wrong !== undefined) return E.left(wrong)
  const written = await resident.write(pick(given, resident.holds))()
  if (E.isLeft(written)) {
    program.phase = { kind: 'failed', error: written.left }
    return written
  }
  const unheld = [...pick(given, name => !resident.holds(name))].map(([name, value]) => [name, value.slice()] as const)
  program.phase = {
    kind: 'ready',
    present: new Set([...phase.present, ...given.keys()]),
    kept: new Map([...phase.kept, ...unheld]),
  }
  return written
}

const run = async (program: Living, values: Values): Promise<E.Either<RunError, Values>> => {
  const phase = wake(program)
  if (phase.kind !== 'ready') return E.left(phase.error)
  const { resident, state, fresh, needed } = program
  const absent = needed.find(name => !phase.present.has(name))
  if (absent !== undefined) return E.left({ kind: 'missing input', name: absent, given: [...phase.present] })
  const wrong = wrongIn(fresh, values)
  if (wrong !== undefined) return E.left(wrong)
  const outputs = await resident.run(pick(values, name => fresh.has(name)))()
  program.phase = E.isLeft(outputs)
    ? { kind: 'failed', error: outputs.left }
    : { kind: 'ready', present: new Set(state.keys()), kept: new Map() }
  return outputs
}

const read = async (program: Living, names: readonly string[]): Promise<E.Either<RunError, Values>> => {
  const phase = wake(program)
  if (phase.kind !== 'ready') return E.left(phase.error)
  const { present, kept } = phase
  const held = await program.resident.read(names.filter(name => present.has(name) && !kept.has(name)))()
  return E.map((found: Values) => new Map([...found, ...pick(kept, name => names.includes(name))]))(held)
}

/** Runs tasks one after the other, in the order in which they are begun. */
const oneByOne = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <A>(task: () => Promise<A>): Promise<A> => {
    const own = last.then(task)
    last = own.catch(() => undefined)
    return own
  }
}

/** A program that checks what it is given, from one that does not; `closed` is the error of a closed executor. */
export const living = (graph: Graph, resident: Resident, closed: () => RunError | undefined): Loaded => {
  const state: Shapes = new Map(Object.entries(graph.carried))
  const inputs = [...inputsOf(Object.values(graph.outputs))].map(([name, { shape }]) => [name, shape] as const)
  const program: Living = {
    resident,
    closed,
    state,
    fresh: new Map(inputs.filter(([name]) => !state.has(name))),
    needed: inputs.flatMap(([name]) => (state.has(name) ? [name] : [])),
    phase: { kind: 'ready', present: new Set(), kept: new Map() },
  }
  const inTurn = oneByOne()
  const { profile } = resident
  return {
    write: values => () => inTurn(() => write(program, values)),
    run: values => () => inTurn(() => run(program, values)),
    read: names => () => inTurn(() => read(program, names)),
    ...(profile === undefined ? {} : { profile }),
  }
}
