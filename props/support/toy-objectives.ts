import { applyHead, type Head, head } from '../../dino/model/head.ts'
import { network } from '../../dino/model/network.ts'
import { applyVit } from '../../dino/model/vit.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import type { Assignment, Centre } from '../../dino/objective/assignment.ts'
import type { Backboned, Objective } from '../../dino/objective/objective.ts'
import {
  type As,
  array,
  dense,
  div,
  dot,
  exp,
  initialisers,
  iota,
  log,
  logSoftmax,
  max,
  mean,
  mul,
  neg,
  normalise,
  oneHot,
  random,
  rename,
  scale,
  shift,
  sizeOf,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  trees,
  where,
} from '../../lib/index.ts'

/** The sizes of a small backbone. */
export const sizes = { imageSize: 8, patchSize: 4, features: 6, depth: 1, heads: 2, mlpRatio: 2, deviation: 0.4 }

/** The sizes of its heads. */
export const headSizes = { hidden: 6, bottleneck: 4, prototypes: 5, layers: 2, deviation: 0.4 }

/** A network with a second head, which the step knows nothing of. */
export const tree = {
  ...network({ backbone: sizes, head: headSizes, initialDeviation: 0.4 }),
  patchHead: initialisers.atDepth(2)(head({ ...headSizes, features: sizes.features })),
}

/** Its parameters. */
export type TwoHeaded = As<'tensor', typeof tree>

/** Its parameters as training begins. */
export const student = initialisers.initialise(random.keyOf(1))(tree)

/** The distance of each image's feature from the nearest other one, on the unit sphere, is to be large. */
export const koleo: Objective<unknown, object, never, 'nearest'> = {
  initial: () => ({}),
  apply: ({ student: { global } }, state) => {
    const x = normalise('feature')(global.classToken)
    const images = sizeOf('batch', x)
    const cosines: Tensor<'global' | 'batch' | 'other'> = dot('feature')(x, rename('batch', 'other')(x))
    const itself = oneHot('other', images)(iota('batch', images))
    const nearest = max('other')(sub(cosines, scale(2)(itself)))
    const distance = sqrt(shift(2)(scale(-2)(nearest)))
    return {
      terms: { koleo: neg(mean('global', 'batch')(log(shift(1e-8)(distance)))) },
      state,
      metrics: { nearest: mean('global', 'batch')(distance) },
    }
  },
}

/**
 * Equal shares for all prototypes: columns and rows are normalised in turn; the largest logit of all is taken off
 * first.
 */
export const sinkhorn = (turns: number): Assignment<'global' | 'batch', object, never> => ({
  initial: () => ({}),
  assign: (logits, state, temperature) => {
    const above = sub(logits, max('global', 'batch', 'prototype')(logits))
    let shares = exp(typeof temperature === 'number' ? scale(1 / temperature)(above) : div(above, temperature))
    for (let turn = 0; turn < turns; turn += 1) {
      const balanced = div(shares, sum('global', 'batch')(shares))
      shares = div(balanced, sum('prototype')(balanced))
    }
    return { targets: stopGradient(shares), state, metrics: {} }
  },
})

const hidden = array({ token: 4 }, [1, 0, 0, 1])

/** The student says of some patches what the teacher says of them, by a head and a centre of patches alone. */
export const ibot: Objective<{ readonly patchHead: Head }, { readonly centre: Centre }, 'teacherTemperature', never> = {
  initial: ({ patchHead }) => {
    const { prototype } = patchHead.prototypes.direction.sizes
    return { centre: dense({ prototype }, new Float32Array(prototype)) }
  },
  apply: ({ student: own, teacher }, { centre }, { teacherTemperature }) => {
    const said = applyHead(teacher.network.patchHead, true)(teacher.global.patches)
    const guess = logSoftmax('prototype', 0.1)(applyHead(own.network.patchHead, true)(own.global.patches))
    const targets = stopGradient(softmax('prototype', teacherTemperature)(sub(said, centre)))
    const entropies = neg(dot('prototype')(targets, guess))
    return {
      terms: { ibot: mean('global', 'batch', 'token')(mul(entropies, hidden)) },
      state: { centre: scale(0.1)(mean('global', 'batch', 'token')(said)) },
      metrics: {},
    }
  },
}

/** Cosines between patches of an image are to stay those of a third network, which becomes the teacher when told so. */
export const gram: Objective<Backboned, { readonly third: Backboned }, 'refresh', never> = {
  initial: ({ backbone }) => ({ third: { backbone } }),
  apply: ({ batch, student: own, teacher }, { third }, { refresh }) => {
    const cosines = (patches: Tensor<'global' | 'batch' | 'token' | 'feature'>) => {
      const x = normalise('feature')(patches)
      return dot('feature')(x, rename('token', 'other')(x))
    }
    const kept = cosines(applyVit(third.backbone, dinoForm)(batch.global).patches)
    const distance = square(sub(cosines(own.global.patches), kept))
    const { backbone } = trees.zipTrees(third, { backbone: teacher.network.backbone })((_, old, fresh) =>
      where(refresh, fresh, old),
    )
    return {
      terms: { gram: mean('global', 'batch', 'token', 'other')(distance) },
      state: { third: { backbone } },
      metrics: {},
    }
  },
}

/** Two objectives as one: every term of both. */
export const beside = <
  S extends object,
  T extends object,
  I extends string,
  J extends string,
  M extends string,
  L extends string,
>(
  one: Objective<TwoHeaded, S, I, M>,
  other: Objective<TwoHeaded, T, J, L>,
): Objective<TwoHeaded, { readonly one: S; readonly other: T }, I | J, M | L> => ({
  initial: parameters => ({ one: one.initial(parameters), other: other.initial(parameters) }),
  apply: (seen, state, scheduled) => {
    const [left, right] = [one.apply(seen, state.one, scheduled), other.apply(seen, state.other, scheduled)]
    return {
      terms: { ...left.terms, ...right.terms },
      state: { one: left.state, other: right.state },
      metrics: { ...left.metrics, ...right.metrics },
    }
  },
})
