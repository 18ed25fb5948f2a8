// The ends of what can be drawn: the rarest word, which a random search never meets, and both ends of a range of whole
// numbers.

import assert from 'node:assert/strict'
import { random } from '../../lib/index.ts'
import { example } from '../support/example.ts'

/** A key whose first word is 0, found by trying 2,521,438,155 keys. */
const zeroFirst: random.Key = [0, 2521438154]

example('the word 0 gives a finite normal number', () => {
  assert.equal(random.bits(zeroFirst, 1)[0], 0)
  const [drawn] = random.normals(zeroFirst, 1)
  assert.ok(Number.isFinite(drawn), `${drawn}`)
  assert.ok(Math.abs(drawn) <= Math.sqrt(2 * Math.log(2 ** 32)), `${drawn}`)
})

/** Beyond this many standard deviations once in 10^9. */
const sixSigma = 6.2

example('both ends of a range of whole numbers are drawn, as often as what lies between', () => {
  const [low, high, draws] = [-2, 3, 6000]
  const drawn = Array.from({ length: draws }, (_, at) => random.whole(low, high)(random.fold(random.keyOf(11), at)))
  const expected = draws / (high - low + 1)
  for (let value = low; value <= high; value += 1) {
    const count = drawn.filter(one => one === value).length
    assert.ok(Math.abs(count - expected) < sixSigma * Math.sqrt(expected), `${value} is drawn ${count} times`)
  }
})
