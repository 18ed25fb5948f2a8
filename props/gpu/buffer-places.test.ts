// Places of buffers on a device: each is large enough, and no two buffers that are needed at one time share one, so
// that no step reads what it writes.

import * as E from 'fp-ts/lib/Either.js'
import { placesOf } from '../../lib/backend/webgpu/buffer-places.ts'
import { livesOf, stepTimes } from '../../lib/compile/lives.ts'
import { bufferLength } from '../../lib/compile/program.ts'
import { compiler } from '../../lib/index.ts'
import { holds } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { named } from '../support/programs.ts'

law('buffers that share a place are never needed at one time, and each fits', graphs('real', 40), ({ roots }) => {
  const compiled = compiler.compile(compiler.usualCompile)({ outputs: named(roots), carried: {} })
  if (E.isLeft(compiled)) throw new Error('it does not compile')
  const program = compiled.right
  const { placeOf, sizes } = placesOf(program)
  const lives = livesOf(program, stepTimes(program))
  const meets = (one: number, other: number): boolean =>
    lives[one].from <= lives[other].to && lives[other].from <= lives[one].to
  return program.buffers.flatMap((buffer, at) => [
    holds(`buffer ${at} fits`, bufferLength(buffer) <= sizes[placeOf[at]]),
    holds(
      `buffer ${at} is alone`,
      program.buffers.every((_, other) => other === at || placeOf[other] !== placeOf[at] || !meets(at, other)),
    ),
  ])
})
