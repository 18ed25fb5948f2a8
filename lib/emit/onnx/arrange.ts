// Values of a model and their dimensions. ONNX knows dimensions by position, the language by name: a value carries the
// names along, in the order of its dimensions. An axis along which a value is only repeated is not among them until it
// has to be, since operators on elements repeat by themselves. An axis whose size is chosen at every run is dynamic.
//
//   position (token 17, feature 96), added to x (batch 8, token 17, feature 96), stays as it is

import type { Shape } from '../../language/axes.ts'
import type { Sheet } from './worksheet.ts'

/** A dimension: the axis that it is, and its size; of a dynamic one, the size that the graph was made with. */
export interface Dimension {
  readonly axis: string
  readonly size: number
  readonly dynamic: boolean
}

/** A value by its name, and its dimensions. */
export interface Value {
  readonly name: string
  readonly dims: readonly Dimension[]
}

/** A dimension whose size is always the same. */
export const fixed = (axis: string, size: number): Dimension => ({ axis, size, dynamic: false })

/** The axes of a value, in the order of its dimensions. */
export const axesOf = ({ dims }: Value): readonly string[] => dims.map(({ axis }) => axis)

/** Several dimensions seen as one. */
export const grouped = (axis: string, dims: readonly Dimension[]): Dimension => ({
  axis,
  size: dims.reduce((product, { size }) => product * size, 1),
  dynamic: dims.some(({ dynamic }) => dynamic),
})

/**
 * Sizes as Reshape takes them: -1 is whatever is left. More than one cannot be left open; a model of that kind is of
 * one size, and `printOnnx` at another size gives another model.
 */
const openSizes = (dims: readonly Dimension[]): readonly number[] => {
  const open = dims.filter(({ dynamic }) => dynamic).length === 1
  return dims.map(({ size, dynamic }) => (open && dynamic ? -1 : size))
}

/** The same elements in the same order, seen as other dimensions. */
export const reshaped = (sheet: Sheet, { name }: Value, dims: readonly Dimension[]): Value => ({
  name: sheet.apply('Reshape', [name, sheet.integers(openSizes(dims))]),
  dims,
})

/** The dimensions of a value in the order of `axes`, which are all of its own. */
export const ordered = (sheet: Sheet, value: Value, axes: readonly string[]): Value => {
  const own = axesOf(value)
  if (own.join() === axes.join()) return value
  const places = axes.map(axis => own.indexOf(axis))
  return {
    name: sheet.apply('Transpose', [value.name], { perm: places }),
    dims: places.map(place => value.dims[place]),
  }
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** The value with those of `axes` that it was only repeated along as dimensions of its own, before the others. */
export const repeated = (sheet: Sheet, value: Value, axes: readonly string[], shape: Shape): Value => {
  const own = axesOf(value)
  const added = axes.filter(axis => !own.includes(axis)).map(axis => fixed(axis, shape[axis]))
  if (added.length === 0) return value
  const unsqueezed = sheet.apply('Unsqueeze', [value.name, sheet.integers(range(added.length))])
  const dims = [...added, ...value.dims]
  if (added.every(({ size }) => size === 1)) return { name: unsqueezed, dims }
  const sizes = [...added.map(({ size }) => size), ...own.map(() => 1)]
  return { name: sheet.apply('Expand', [unsqueezed, sheet.integers(sizes)]), dims }
}

/** Dimensions to which all values can be brought: those of the value with the most, after those that it lacks. */
const commonDimensions = (values: readonly Value[]): readonly Dimension[] => {
  const [most, ...others] = [...values].sort((one, other) => other.dims.length - one.dims.length)
  const found = new Map(most.dims.map(dim => [dim.axis, dim]))
  const lacking = new Map(others.flatMap(({ dims }) => dims.map(dim => [dim.axis, dim] as const)))
  return [...[...lacking.values()].filter(({ axis }) => !found.has(axis)), ...most.dims]
}

/**
 * The name of a value whose dimensions are in their places among `dims`, so that an operator on elements meets them.
 */
const inPlace = (sheet: Sheet, value: Value, dims: readonly Dimension[]): string => {
  const own = axesOf(value)
  const axes = dims.map(({ axis }) => axis)
  const { name } = ordered(
    sheet,
    value,
    axes.filter(axis => own.includes(axis)),
  )
  const first = axes.findIndex(axis => own.includes(axis))
  const missing = first < 0 ? [] : range(axes.length - first).filter(at => !own.includes(axes[first + at]))
  return missing.length === 0 ? name : sheet.apply('Unsqueeze', [name, sheet.integers(missing)])
}

/** Values as an operator on elements takes them, and the dimensions of its result. */
export const aligned = (
  sheet: Sheet,
  values: readonly Value[],
): { readonly names: readonly string[]; readonly dims: readonly Dimension[] } => {
  const dims = commonDimensions(values)
  return { names: values.map(value => inPlace(sheet, value, dims)), dims }
}
