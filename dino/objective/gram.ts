// Gram anchoring (Simeoni et al. 2025, DINOv3, section 4): in long training patches of an image come to look alike. The
// cosines between the patches of a view, one with every other (their Gram matrix), are therefore held near those of a
// third network: an earlier teacher. The objective keeps that network, and replaces it by the teacher when it is told.

import {
  dot,
  mean,
  normalise,
  rename,
  type Scalar,
  square,
  stopGradient,
  sub,
  type Tensor,
  trees,
  where,
} from '../../lib/index.ts'
import { applyVit, type Vit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import type { Backboned, Objective } from './objective.ts'

type PatchTokens = Tensor<'global' | 'batch' | 'token' | 'feature'>

const cosines = (patches: PatchTokens): Tensor<'global' | 'batch' | 'token' | 'other'> => {
  const x = normalise('feature')(patches)
  return dot('feature')(x, rename('token', 'other')(x))
}

/**
 * The mean squared difference between the Gram matrices of the student's and of the anchor's patches; at most 4.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { gramLoss } from 'functional-dino/dino'
 * const patches = (values: number[]) => array({ global: 1, batch: 1, token: 2, feature: 2 }, values)
 * valuesOf(gramLoss(patches([1, 0, 0, 1]), patches([0, 2, 0, 1]))) // => [0.5]
 * ```
 */
export const gramLoss = (patches: PatchTokens, anchor: PatchTokens): Scalar =>
  mean('global', 'batch', 'token', 'other')(square(sub(cosines(patches), stopGradient(cosines(anchor)))))

/** Gram anchoring of backbones of that form. Where `anchorRefresh` is 1, the next step's anchor is the teacher. */
export const gram = (form: VitForm): Objective<Backboned, { readonly anchor: Vit }, 'anchorRefresh', never> => ({
  initial: ({ backbone }) => ({ anchor: backbone }),
  apply: ({ batch, student, teacher }, { anchor }, { anchorRefresh }) => ({
    terms: { gram: gramLoss(student.global.patches, applyVit(anchor, form)(batch.global).patches) },
    state: {
      anchor: trees.zipTrees(anchor, teacher.network.backbone)((_, old, fresh) => where(anchorRefresh, fresh, old)),
    },
    metrics: {},
  }),
})
