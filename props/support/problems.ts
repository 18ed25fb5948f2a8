// Problems that several laws are about: tensors of three axes, and one that lacks an axis.

import { integers, problem, reals } from './arbitrary.ts'

/** Sizes of the axes. */
export const dims = { batch: [1, 4], token: [1, 5], feature: [1, 4] } as const

/** Real entries. */
export const three = problem({
  dims,
  tensors: {
    x: reals('batch', 'token', 'feature'),
    y: reals('batch', 'token', 'feature'),
    z: reals('batch', 'feature'),
  },
})

/** Whole entries, small enough that every order of summation gives the same bits. */
export const whole = problem({
  dims,
  tensors: {
    x: integers('batch', 'token', 'feature'),
    y: integers('batch', 'token', 'feature'),
    z: integers('batch', 'feature'),
  },
})
