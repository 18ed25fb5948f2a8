// A value of generated code together with the statements that must run first. Values are combined by any function on
// plain values; statements that several operands need are kept once, told apart by identity, so that a value under a
// name may be used freely.
//
//   lift(add)({ before: [a], value: x }, { before: [a, b], value: y })  is  { before: [a, b], value: add(x, y) }

/** Statements, and the value that they lead to. */
export interface Spelled<Statement, Value> {
  readonly before: readonly Statement[]
  readonly value: Value
}

/** A value that needs no statement. */
export const plain = <Value>(value: Value): Spelled<never, Value> => ({ before: [], value })

/** A function of values as a function of spelled values. */
export const lift =
  <Value>(combine: (...values: readonly Value[]) => Value) =>
  <Statement>(...parts: readonly Spelled<Statement, Value>[]): Spelled<Statement, Value> => ({
    before: [...new Set(parts.flatMap(({ before }) => before))],
    value: combine(...parts.map(({ value }) => value)),
  })
