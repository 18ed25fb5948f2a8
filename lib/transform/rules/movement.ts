// Rules of movement: renamings, splits and merges compose, and moving equal elements about leaves them equal.
//
//   merge(a, b) of split(c into a, b) of x  =  rename(c) of x

import { rename } from '../../language/expression.ts'
import { filled, on, over, type Rule, uniform } from './rule.ts'

/** A renaming that changes nothing goes. */
const renameSame = on('rename', ({ names, operand }) =>
  Object.entries(names).every(([from, to]) => from === to) ? operand : undefined,
)

/** rename rename x = rename x */
const renameRename = over('rename', 'rename', (outer, { names, operand }) => {
  const composed = Object.keys(operand.shape).map((axis): [string, string] => {
    const between = names[axis] ?? axis
    return [axis, outer.names[between] ?? between]
  })
  return rename(Object.fromEntries(composed.filter(([from, to]) => from !== to)), operand)
})

/** split merge x = rename x, where the parts have the sizes of what was merged */
const splitMerge = over('split', 'merge', ({ axis, into }, { axes, into: merged, operand }) => {
  const parts = Object.keys(into)
  const fits = parts.length === axes.length && parts.every((part, at) => into[part] === operand.shape[axes[at]])
  if (merged !== axis || !fits) return undefined
  return rename(Object.fromEntries(axes.map((old, at) => [old, parts[at]])), operand)
})

/** merge split x = rename x, where all parts are merged in their order */
const mergeSplit = over('merge', 'split', ({ axes, into: merged }, { axis, into, operand }) =>
  Object.keys(into).join() === axes.join() ? rename({ [axis]: merged }, operand) : undefined,
)

/** Moving equal elements about leaves them equal; so does padding zeros with zeros. */
const moveUniform: Rule = node => {
  if (!['rename', 'split', 'merge', 'slice', 'pad'].includes(node.kind) || !('operand' in node)) return undefined
  const value = uniform(node.operand)
  if (value === undefined || (node.kind === 'pad' && value !== 0)) return undefined
  return filled(node.shape, value)
}

/** Rules of movement. */
export const movement: readonly Rule[] = [renameSame, renameRename, splitMerge, mergeSplit, moveUniform]
