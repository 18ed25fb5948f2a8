// Names for the values of an emitted program: the inputs and parameters keep theirs, and every other value is called by
// what makes it and a number, so that no two values have one name.
//
//   matmul_12

/** A function that gives a new name at every call, made of what it is given; none of the `taken` ones. */
export const valueNames = (taken: Iterable<string>): ((of: string) => string) => {
  const known = new Set(taken)
  let next = 0
  return of => {
    let name: string
    do {
      name = `${of}_${next}`
      next += 1
    } while (known.has(name))
    return name
  }
}
