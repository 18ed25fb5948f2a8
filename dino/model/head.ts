// The projection head (DINO, vision_transformer.py, DINOHead), from features to logits: a perceptron with GELU between
// its layers, a bottleneck of length 1, and prototypes of length 1 times a gain. A logit is the cosine between
// bottleneck and prototype, times the gain.

import {
  type As,
  add,
  div,
  dot,
  gelu,
  initialisers,
  mul,
  norm,
  normalise,
  type Replaces,
  rename,
  replacing,
  stopGradient,
  type Tensor,
} from '../../lib/index.ts'
import { usualDeviation } from './linear.ts'

/** The sizes of a projection head. */
export interface HeadSizes {
  readonly features: number
  readonly hidden: number
  readonly bottleneck: number
  readonly prototypes: number
  /** Layers of the perceptron, at least 1. */
  readonly layers: number
  /** Deviation of initial weights. */
  readonly deviation?: number
}

const layer = (from: number, to: number, deviation = usualDeviation) => ({
  weight: initialisers.withRole('weight')(initialisers.normal(deviation)({ unit: from, nextUnit: to })),
  bias: initialisers.withRole('bias')(initialisers.zeros({ nextUnit: to })),
})

/** Initialisers of a head; prototypes keep torch's default for linear layers, of which only the direction matters. */
export const head = ({ features, hidden, bottleneck, prototypes, layers, deviation }: HeadSizes) => {
  const widths = [features, ...Array.from({ length: layers - 1 }, () => hidden), bottleneck]
  const direction = initialisers.uniformWithin(1 / Math.sqrt(bottleneck))({ prototype: prototypes, unit: bottleneck })
  return {
    layers: widths.slice(1).map((width, index) => layer(widths[index], width, deviation)),
    prototypes: {
      direction: initialisers.withRole('prototype direction')(direction),
      gain: initialisers.withRole('prototype gain')(initialisers.ones({ prototype: prototypes })),
    },
  }
}

/** Parameters of a projection head. */
export type Head = As<'tensor', ReturnType<typeof head>>

const perceptron =
  (layers: Head['layers']) =>
  <A extends string>(x: Tensor<A | 'unit'>): Tensor<A | 'unit'> =>
    layers.reduce((input: Tensor<A | 'unit'>, { weight, bias }, index) => {
      const active = index === 0 ? input : gelu(input)
      return rename('nextUnit', 'unit')(add(dot('unit')(active, weight), bias))
    }, x)

/** Logits for each prototype, within plus and minus its gain. `normLastLayer` holds the gains where they are. */
export const applyHead = ({ layers, prototypes }: Head, normLastLayer: boolean): Replaces<'feature', 'prototype'> =>
  replacing<'feature', 'prototype'>(feature => {
    const bottleneck = normalise('unit')(perceptron(layers)(rename('feature', 'unit')(feature)))
    const direction = div(prototypes.direction, norm('unit', 0)(prototypes.direction))
    const gain = normLastLayer ? stopGradient(prototypes.gain) : prototypes.gain
    return dot('unit')(bottleneck, mul(direction, gain))
  })
