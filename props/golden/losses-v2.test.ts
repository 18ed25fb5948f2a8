// The losses of DINOv2's public code on every executor: Sinkhorn-Knopp, the DINO loss of its targets, iBOT in both of
// its forms, the centre of patches, KoLeo, and the gradients of all three losses. The case has no axis of views: here
// there is one of size 1, and iBOT's temperature and centre are its own.

import { centred } from '../../dino/objective/assignment.ts'
import { pairedLoss } from '../../dino/objective/dino.ts'
import { patchLoss } from '../../dino/objective/ibot.ts'
import { koleoLoss } from '../../dino/objective/koleo.ts'
import { balanced } from '../../dino/objective/sinkhorn.ts'
import {
  array,
  constant,
  dense,
  div,
  dot,
  gradient,
  logSoftmax,
  maximum,
  mul,
  neg,
  rename,
  run,
  scale,
  type storage,
  sum,
  type Tensor,
} from '../../lib/index.ts'
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
const { config } = golden
const data = (name: string): storage.Numbers => tensorOf(golden, name).data
const sizeIn = (name: string, axis: number): number => tensorOf(golden, name).shape[axis]

type Views = Tensor<'global' | 'batch' | 'prototype'>
type Patches = Tensor<'global' | 'batch' | 'token' | 'prototype'>

interface Inputs {
  readonly student: Views
  readonly teacher: Views
  readonly patchStudent: Patches
  readonly patchTeacher: Patches
  readonly patchMask: Tensor<'global' | 'batch' | 'token'>
  readonly koleoInput: Tensor<'global' | 'batch' | 'feature'>
}

const images = { global: 1, batch: config.batch, prototype: config.prototypes }
const masked = { global: 1, batch: sizeIn('patchMask', 0), token: config.patches }
const logits = { ...masked, prototype: config.prototypes }
const inputs = {
  student: dense(images, data('student')),
  teacher: dense(images, data('teacher')),
  patchStudent: dense(logits, data('patchStudent')),
  patchTeacher: dense(logits, data('patchTeacher')),
  patchMask: dense(masked, data('patchMask')),
  koleoInput: dense({ global: 1, batch: config.batch, feature: sizeIn('koleoInput', 1) }, data('koleoInput')),
}

/** The form of training: a sum over hidden patches, each weighted by 1 over those of its image, over the images. */
const sumOfHidden = (student: Patches, targets: Patches, hidden: Inputs['patchMask']) => {
  const entropies = neg(dot('prototype')(targets, logSoftmax('prototype', config.studentTemp)(student)))
  const ofImage = maximum(sum('token')(hidden), constant(1))
  const weights: Inputs['patchMask'] = div(hidden, ofImage)
  return scale(1 / masked.batch)(sum('global', 'batch', 'token')(mul(entropies, weights)))
}

const losses = ({ student, teacher, patchStudent, patchTeacher, patchMask, koleoInput }: Inputs) => {
  const sinkhorn = balanced(config.sinkhornIterations, 'global', 'batch')(teacher, config.teacherTemp)
  const dinoLoss = pairedLoss(config.studentTemp, 'all')(rename('global', 'view')(student), sinkhorn)
  const begin = { centre: array({ prototype: config.prototypes }, new Float32Array(config.prototypes)) }
  const ofPatches = centred(0.9, 'global', 'batch', 'token').assign(patchTeacher, begin, config.ibotTeacherTemp)
  const ibotLoss = patchLoss(config.studentTemp)(patchStudent, ofPatches.targets, patchMask)
  const koleo = koleoLoss(koleoInput)
  return {
    sinkhorn,
    dinoLoss,
    dinoGradStudent: gradient(dinoLoss, student),
    ibotLoss,
    ibotMaskedLoss: sumOfHidden(patchStudent, ofPatches.targets, patchMask),
    ibotGradStudent: gradient(ibotLoss, patchStudent),
    ibotCenterAfter: ofPatches.state.centre,
    koleo,
    koleoGrad: gradient(koleo, koleoInput),
  }
}

const gradients: readonly string[] = ['dinoGradStudent', 'ibotGradStudent', 'koleoGrad']

for (const [name, open] of Object.entries(everywhere))
  example(`every loss, target, centre and gradient of losses-v2 on ${name}`, () =>
    withOpened(open, async executor => {
      const { value, gradient: slope } = closeness(executor)
      const found = await expectRight(run(losses)(inputs)(executor))
      for (const [tensor, { data: came }] of Object.entries(found))
        closeTo(data(tensor), came, gradients.includes(tensor) ? slope : value, tensor)
    }),
  )
