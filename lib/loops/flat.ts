// Instructions on the way into a loop nest: addresses are flat, loops have numbers, and paddings are still there.
// Paddings are resolved by cutting loops where they begin and end, so that each is wholly inside or wholly outside.

import { flatten, type Index, rangeOf, stridesOf, substitute } from './affine.ts'
import type { Instruction, Kernel } from './kernel.ts'
import type { NestInstruction } from './nest.ts'

/** What stands for a loop's counter. */
export type Replace = (loop: number, size: number) => Index

/** A kernel's instruction with flat addresses. */
export type Flat =
  | { readonly kind: 'load'; readonly input: number; readonly address: Index }
  | { readonly kind: 'ramp'; readonly index: Index }
  | { readonly kind: 'inside'; readonly index: Index; readonly size: number; readonly value: readonly Flat[] }
  | Exclude<NestInstruction, { readonly kind: 'load' | 'ramp' }>

/** Instructions with flat addresses. */
export const flat = (kernel: Kernel, instructions: readonly Instruction[]): readonly Flat[] =>
  instructions.map((instruction): Flat => {
    switch (instruction.kind) {
      case 'load':
        return {
          kind: 'load',
          input: instruction.input,
          address: flatten(kernel.inputs[instruction.input], instruction.at),
        }
      case 'inside':
        return { ...instruction, value: flat(kernel, instruction.value) }
      default:
        return instruction
    }
  })

/** Instructions with other indices for the counters. */
export const rewrite = (instructions: readonly Flat[], replace: Replace): readonly Flat[] =>
  instructions.map((instruction): Flat => {
    const index = (old: Index): Index => substitute(old, replace)
    switch (instruction.kind) {
      case 'load':
        return { ...instruction, address: index(instruction.address) }
      case 'ramp':
        return { ...instruction, index: index(instruction.index) }
      case 'inside':
        return { ...instruction, index: index(instruction.index), value: rewrite(instruction.value, replace) }
      default:
        return instruction
    }
  })

/** Where the loops have to be cut so that every padding is wholly inside or outside; undefined if no cut does that. */
export const cutsOf = (instructions: readonly Flat[], cuts: Map<number, Set<number>>): boolean =>
  instructions.every(instruction => {
    if (instruction.kind !== 'inside') return true
    const strides = stridesOf(instruction.index)
    if (strides === undefined || strides.size > 1) return false
    for (const [loop, stride] of strides) {
      if (stride <= 0) return false
      const known = cuts.get(loop) ?? new Set()
      for (const edge of [0, instruction.size]) known.add(Math.ceil((edge - instruction.index.constant) / stride))
      cuts.set(loop, known)
    }
    return cutsOf(instruction.value, cuts)
  })

/** Part of a loop. */
export interface Piece {
  readonly from: number
  readonly size: number
}

/** The pieces of a loop between its cuts. */
export const piecesOf = (size: number, cuts: ReadonlySet<number> | undefined): readonly Piece[] => {
  const edges = [0, ...[...(cuts ?? [])].filter(edge => edge > 0 && edge < size), size].sort((a, b) => a - b)
  return edges.slice(1).map((edge, at) => ({ from: edges[at], size: edge - edges[at] }))
}

/** Every choice of one piece for each loop. */
export const boxes = (choices: readonly (readonly Piece[])[]): readonly (readonly Piece[])[] =>
  choices.reduce<readonly (readonly Piece[])[]>(
    (found, pieces) => found.flatMap(chosen => pieces.map(piece => [...chosen, piece])),
    [[]],
  )

/** Inlines paddings that are inside and drops those that are outside; undefined if one is neither. */
export const resolve = (instructions: readonly Flat[]): readonly Flat[] | undefined => {
  const resolved: Flat[] = []
  const append = (block: readonly Flat[]): number | undefined => {
    const places: number[] = []
    for (const instruction of block) {
      if (instruction.kind === 'apply')
        resolved.push({ ...instruction, operands: instruction.operands.map(operand => places[operand]) })
      else if (instruction.kind !== 'inside') resolved.push(instruction)
      else {
        const [low, high] = rangeOf(instruction.index)
        if (high < 0 || low >= instruction.size) resolved.push({ kind: 'literal', value: 0 })
        else if (low < 0 || high >= instruction.size) return undefined
        else if (append(instruction.value) === undefined) return undefined
      }
      places.push(resolved.length - 1)
    }
    return resolved.length
  }
  return append(instructions) === undefined ? undefined : resolved
}

/** The indices of instructions. */
export const indicesOf = (instructions: readonly Flat[]): readonly Index[] =>
  instructions.flatMap(instruction => {
    if (instruction.kind === 'load') return [instruction.address]
    return instruction.kind === 'ramp' ? [instruction.index] : []
  })
