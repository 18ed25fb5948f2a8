// A DINO network: a backbone, a projection head for images and, where patches have one of their own, a second head.
// Student and teacher are two trees of this form.

import { type As, initialisers, type Replaces, replacing } from '../../lib/index.ts'
import { type HeadSizes, head } from './head.ts'
import { usualDeviation } from './linear.ts'
import { onlyIf } from './optional.ts'
import { applyVit, type VitSizes, vit } from './vit.ts'
import type { VitForm } from './vit-form.ts'

/** The sizes of a network. */
export interface NetworkSizes {
  readonly backbone: Omit<VitSizes, 'deviation'>
  readonly head: Omit<HeadSizes, 'features' | 'deviation'>
  /** The head of patches beside that of images: whether there is one, and how it differs. */
  readonly patchHead?: { readonly separate: boolean; readonly bottleneck: number; readonly prototypes: number }
  /** Deviation of initial weights; the public code's if not given. */
  readonly initialDeviation?: number
}

/** Initialisers of a network; heads are as deep as the backbone's last norm. */
export const network = ({ backbone, head: sizes, patchHead, initialDeviation }: NetworkSizes) => {
  const deviation = initialDeviation ?? usualDeviation
  const headOf = (own: NetworkSizes['head']) =>
    initialisers.atDepth(backbone.depth + 1)(head({ ...own, features: backbone.features, deviation }))
  return {
    backbone: vit({ ...backbone, deviation }),
    head: headOf(sizes),
    ...onlyIf(patchHead?.separate === true, () => ({ patchHead: headOf({ ...sizes, ...patchHead }) })),
  }
}

/** The initialisers of a network. */
export type NetworkTree = ReturnType<typeof network>
/** The parameters of a network. */
export type Network = As<'tensor', NetworkTree>

/** The roles of a network's parameters, such as 'weight', 'bias', 'norm', 'token' and those of prototypes. */
export type Role = initialisers.RolesOf<NetworkTree>

/** The feature of each image under a backbone of that form: its normalised class token. */
export const featureOf = (
  { backbone }: Pick<Network, 'backbone'>,
  form: VitForm,
): Replaces<'colour' | 'row' | 'column', 'feature'> =>
  replacing<'colour' | 'row' | 'column', 'feature'>(image => applyVit(backbone, form)(image).classToken)
