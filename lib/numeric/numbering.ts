// Numbers for values in the order in which they are first asked for: 0, 1, 2, ...

/** Values with their numbers; a number is a value's position in the list. */
export interface Numbering<V> {
  readonly values: readonly V[]
  readonly numberOf: (value: V) => number
}

/** An empty numbering. Values of the same key have the same number; without `keyOf`, each value is its own key. */
export const numbering = <V>(keyOf: (value: V) => unknown = value => value): Numbering<V> => {
  const numbers = new Map<unknown, number>()
  const values: V[] = []
  const numberOf = (value: V): number => {
    const key = keyOf(value)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, values.length)
    return values.push(value) - 1
  }
  return { values, numberOf }
}
