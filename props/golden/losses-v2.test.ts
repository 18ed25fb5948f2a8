// The losses of DINOv2's public code: Sinkhorn-Knopp, DINO of its targets, iBOT, the centre of patches, KoLeo.

import { centred } from '../../dino/objective/assignment.ts'
import { crossEntropy } from '../../dino/objective/dino.ts'
import { patchLoss } from '../../dino/objective/ibot.ts'
import { koleoLoss } from '../../dino/objective/koleo.ts'
import { balanced } from '../../dino/objective/sinkhorn.ts'
import { constant, dense, gradient, logSoftmax, mean, run, type Tensor } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly batch: number
  readonly prototypes: number
  readonly teacherTemp: number
  readonly studentTemp: number
  readonly sinkhornIterations: number
  readonly ibotTeacherTemp: number
  readonly patches: number
}

const golden = readCase<Config>('losses-v2')
const { batch, prototypes, patches, ...config } = golden.config
const stored = (name: string) => tensorOf(golden, name)

interface Images {
  readonly student: Tensor<'view' | 'batch' | 'prototype'>
  readonly teacher: Tensor<'global' | 'batch' | 'prototype'>
}

const ofImages = ({ student, teacher }: Images) => {
  const sinkhorn = balanced(config.sinkhornIterations, 'global', 'batch')(teacher, config.teacherTemp)
  const logProbability = logSoftmax('prototype', config.studentTemp)(student)
  const dinoLoss = mean('global', 'view', 'batch')(crossEntropy(sinkhorn, logProbability))
  return { sinkhorn, dinoLoss, dinoGradStudent: gradient(dinoLoss, { student }).student }
}

interface Patches {
  readonly student: Tensor<'global' | 'batch' | 'token' | 'prototype'>
  readonly teacher: Tensor<'global' | 'batch' | 'token' | 'prototype'>
  readonly hidden: Tensor<'global' | 'batch' | 'token'>
  readonly centre: Tensor<'prototype'>
}

const ofPatches = ({ student, teacher, hidden, centre }: Patches) => {
  const { targets, state } = centred(0.9, 'global', 'batch', 'token').assign(
    teacher,
    { centre },
    constant(config.ibotTeacherTemp),
  )
  const ibotLoss = patchLoss(config.studentTemp)(student, targets, hidden)
  return {
    ibotLoss,
    ibotMaskedLoss: ibotLoss,
    ibotGradStudent: gradient(ibotLoss, { student }).student,
    ibotCenterAfter: state.centre,
  }
}

const ofFeatures = ({ feature }: { readonly feature: Tensor<'global' | 'batch' | 'feature'> }) => {
  const koleo = koleoLoss(feature)
  return { koleo, koleoGrad: gradient(koleo, { feature }).feature }
}

const {
  shape: [images],
} = stored('patchMask')
const {
  shape: [rows, features],
} = stored('koleoInput')
const hiddenSizes = { global: 1, batch: images, token: patches }
const patchSizes = { ...hiddenSizes, prototype: prototypes }

for (const [name, open] of Object.entries(everywhere))
  example(`Sinkhorn-Knopp, DINO, iBOT and KoLeo on ${name}`, () =>
    withOpened(open, async executor => {
      const given = {
        images: {
          student: dense({ view: 1, batch, prototype: prototypes }, stored('student').data),
          teacher: dense({ global: 1, batch, prototype: prototypes }, stored('teacher').data),
        },
        patches: {
          student: dense(patchSizes, stored('patchStudent').data),
          teacher: dense(patchSizes, stored('patchTeacher').data),
          hidden: dense(hiddenSizes, stored('patchMask').data),
          centre: dense({ prototype: prototypes }, new Float32Array(prototypes)),
        },
        features: { feature: dense({ global: 1, batch: rows, feature: features }, stored('koleoInput').data) },
      }
      const losses = ({
        images,
        patches,
        features,
      }: {
        images: Images
        patches: Patches
        features: Parameters<typeof ofFeatures>[0]
      }) => ({
        ...ofImages(images),
        ...ofPatches(patches),
        ...ofFeatures(features),
      })
      const results = await expectRight(run(losses)(given)(executor))
      const { value, gradient: slope } = closeness(executor)
      for (const [key, result] of Object.entries(results))
        closeTo(stored(key).data, result.data, key.includes('Grad') ? slope : value, key)
    }),
  )
