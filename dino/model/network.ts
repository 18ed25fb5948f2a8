// A DINO network: a backbone and a projection head. Student and teacher are two trees of this form.

import type { As, Replaces, Tensor } from '../../lib/index.ts'
import { applyHead, type HeadSizes, head } from './head.ts'
import { applyVit, type DropMask, type Image, type VitSizes, vit } from './vit.ts'

export interface NetworkSizes {
  readonly backbone: VitSizes
  readonly head: Omit<HeadSizes, 'features'>
}

/** Initialisers of a network. */
export const network = ({ backbone, head: sizes }: NetworkSizes) => ({
  backbone: vit(backbone),
  head: head({ ...sizes, features: backbone.features }),
})

/** The tree of a network; `As<'tensor', ...>` of it are its parameters. */
export type NetworkTree = ReturnType<typeof network>
export type Network = As<'tensor', NetworkTree>

/** The features of images: one signature for a single image, one for images over further axes; see `Replaces`. */
export interface FeatureOf {
  (image: Image<never>, mask?: DropMask<never>): Tensor<'feature'>
  <A extends string>(image: Image<A>, mask?: DropMask<A>): Tensor<A | 'feature'>
}

/** The feature of each image: the backbone's normalised class token. */
export const featureOf = ({ backbone }: Network): FeatureOf =>
  (<A extends string>(image: Image<A>, mask?: DropMask<A>): Tensor<A | 'feature'> =>
    applyVit(backbone)(image, mask).classToken) as FeatureOf

/** Logits for each prototype. */
export const logitsOf = ({ head: parameters }: Network, normLastLayer: boolean): Replaces<'feature', 'prototype'> =>
  applyHead(parameters, normLastLayer)
