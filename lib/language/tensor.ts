// The typed language: expressions whose axes the compiler checks. Data comes last and configuration first; arithmetic
// takes its operands plainly, the one with more axes first. There is no transpose, no keepdims and no broadcasting rule
// to remember: operands meet by axis name, and the second operand's axes must be among the first's.

export * from './pointwise.ts'
export * from './reducing.ts'
export * from './reshaping.ts'
export * from './sources.ts'
export { type Contracts, type Replaces, replacing, type Scalar, type Tensor, tensor } from './typed.ts'
