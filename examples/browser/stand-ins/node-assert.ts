// node:assert/strict in a page, as far as the tests that run there use it. Data are equal if their JSON is, in which
// typed arrays have their elements by number.

const fail = (message: string): never => {
  throw new Error(message)
}

const equal = (left: unknown, right: unknown, message = `${left} is not ${right}`): void => {
  if (!Object.is(left, right)) fail(message)
}

const assert = {
  fail,
  equal,
  ok: (fact: unknown, message = 'it does not hold'): void => equal(Boolean(fact), true, message),
  deepEqual: (left: unknown, right: unknown, message = ''): void => {
    const [one, other] = [left, right].map(value => JSON.stringify(value))
    equal(one, other, `${message} ${one.slice(0, 200)} is not ${other.slice(0, 200)}`)
  },
}

// biome-ignore lint/style/noDefaultExport: the module that this stands in for has one
export default assert
