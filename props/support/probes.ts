// What laws of derivatives need beside a graph: its inputs, fixed cotangents and tangents without any structure that a
// wrong rule could share, and a scalar made of all roots.

import { elements, type Shape } from '../../lib/language/axes.ts'
import { array, constant, type Expr, type Input, map, reduce } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'
import type { Sample } from './graph-shrink.ts'

/** The inputs that a graph reads. */
export const inputsOf = (roots: readonly Expr[]): readonly Input[] =>
  postorder(roots).filter((node): node is Input => node.kind === 'input')

/** Fixed multiples of 1/4 in [-2, 2], different for each `salt`; none of them zero. */
export const probeData = (shape: Shape, salt: number): Float64Array =>
  Float64Array.from({ length: elements(shape) }, (_, at) => {
    const mixed = Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)
    const size = 1 + (((mixed >>> 16) ^ mixed) & 7)
    return (mixed & 8 ? -size : size) / 4
  })

/** A constant of such numbers. */
export const probe = (shape: Shape, salt: number): Expr =>
  Object.keys(shape).length === 0 ? constant(probeData(shape, salt)[0]) : array(shape, probeData(shape, salt))

const totalOf = (x: Expr): Expr => reduce('sum', Object.keys(x.shape), x)

/** The inner product of two lists of expressions, shape by shape. */
export const innerProduct = (left: readonly Expr[], right: readonly Expr[]): Expr =>
  left.map((x, at) => totalOf(map('mul', x, right[at]))).reduce((sum, part) => map('add', sum, part), constant(0))

/** One cotangent for each root. */
export const cotangentsOf = (roots: readonly Expr[]): readonly Expr[] => roots.map(({ shape }, at) => probe(shape, at))

/** One tangent for each input. */
export const tangentsFor = (inputs: readonly Input[]): readonly Expr[] =>
  inputs.map(({ shape }, at) => probe(shape, 100 + at))

/** A scalar that depends on every element of every root. */
export const objective = ({ roots }: Sample): Expr => innerProduct(roots, cotangentsOf(roots))
