// The text of a run's end by a number that is not finite: where it was made first, and what usually helps.
//
//   training broke off at step 12: expected finite numbers, came a loss of NaN
//     the first: exp in student / block 1 / attention (batch 4, token 17), made of state.student.backbone.patch.bias
//     a lower --learning-rate or --clip, or a higher --teacher-temperature usually helps

import { compiler, type executors } from '../../lib/index.ts'
import type { TrainingError } from '../run/failure.ts'

type NotFinite = Extract<TrainingError, { readonly kind: 'not finite' }>

/** The place of an element of a value, from its number: `global 0, batch 3, colour 1`. */
const showPosition = (shape: executors.NotFinite['shape'], at: number): string => {
  const axes = Object.entries(shape)
  const strides = axes.map((_, axis) => axes.slice(axis + 1).reduce((total, [, size]) => total * size, 1))
  return axes.map(([axis, size], of) => `${axis} ${Math.floor(at / strides[of]) % size}`).join(', ')
}

/** What usually helps, by the beginning of the name of a value that was given. */
const helps: readonly (readonly [given: string, help: string])[] = [
  ['input.batch', 'a picture has such a number: find it by its place in the batch, and leave it out or convert it'],
  ['input.scheduled', 'a schedule gives it: the options of that name say from where to where it goes'],
  ['state', 'the state that training went on from is spoilt: begin with an earlier one'],
]

const usualHelp = 'a lower --learning-rate or --clip, or a higher --teacher-temperature usually helps'

const helpFor = ({ at, from }: executors.NotFinite): string =>
  (at === undefined ? undefined : helps.find(([given]) => from[0].startsWith(given))?.[1]) ?? usualHelp

const showFirst = ({ operation, place, shape, from, at }: executors.NotFinite): string => {
  const where = place.scopes.length > 0 ? `in ${compiler.showPlace(place)} ` : ''
  if (at === undefined)
    return `  the first: ${operation} ${where}(${compiler.showShape(shape)}), made of ${from.join(', ') || 'constants'}`
  const position = Object.keys(shape).length > 0 ? ` at ${showPosition(shape, at)}` : ''
  return `  the first: ${operation}${position}, which was given${where && `; it is read ${where}`.trimEnd()}`
}

/** A few lines for a person. */
export const showNotFinite = ({ step, loss, first }: NotFinite): string => {
  const came = Number.isFinite(loss) ? `a loss of ${loss}, but gradients or rates that are not` : `a loss of ${loss}`
  const kept = step > 0 ? '; the state before that step is kept' : ''
  return [
    `training broke off at step ${step}: expected finite numbers, came ${came}${kept}`,
    ...(first === undefined ? [] : [showFirst(first)]),
    `  ${first === undefined ? usualHelp : helpFor(first)}`,
  ].join('\n')
}
