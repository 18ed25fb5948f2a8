// The device's buffer of each buffer of a program. Buffers that are not needed at the same time share one: a whole one,
// for WebGPU lets no buffer be read and written by one dispatch, even at different places. Each takes the smallest free
// one that is large enough; where none is, the largest free one grows.
//
//   lives 0 to 2, 1 to 3, 3 to 4 of 100, 80 and 60 numbers        are at        0, 1, 0        of sizes 100, 80

import { endOf, livesOf, stepTimes } from '../../compile/lives.ts'
import { bufferLength, type Program } from '../../compile/program.ts'

/** The place of each buffer, and how many numbers each place holds. */
export interface Places {
  readonly placeOf: readonly number[]
  readonly sizes: readonly number[]
}

/** The free place for so many numbers: the smallest that is large enough, else the largest. */
const choose = (free: readonly number[], sizes: readonly number[], length: number): number | undefined => {
  const fits = (place: number): boolean => sizes[place] >= length
  return free.reduce<number | undefined>((best, place) => {
    if (best === undefined) return place
    if (fits(place) !== fits(best)) return fits(place) ? place : best
    return fits(place) === sizes[place] < sizes[best] ? place : best
  }, undefined)
}

/** Places for the buffers of a program whose steps run one after the other. */
export const placesOf = (program: Program): Places => {
  const times = stepTimes(program)
  const lives = livesOf(program, times)
  const end = endOf(times)
  const sizes: number[] = []
  const placeOf: number[] = []
  const takenUntil: number[] = []
  const order = program.buffers.map((_, buffer) => buffer).sort((one, other) => lives[one].from - lives[other].from)
  for (const buffer of order) {
    const { from, to } = lives[buffer]
    const length = bufferLength(program.buffers[buffer])
    const lasting = from < 0 || to >= end
    const free = lasting ? [] : sizes.flatMap((_, place) => (takenUntil[place] < from ? [place] : []))
    const place = choose(free, sizes, length) ?? sizes.push(0) - 1
    sizes[place] = Math.max(sizes[place], length)
    takenUntil[place] = lasting ? Number.POSITIVE_INFINITY : to
    placeOf[buffer] = place
  }
  return { placeOf, sizes }
}
