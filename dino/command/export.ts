// The `export` command: it writes a backbone, of a run or of a file of weights, for other runtimes, as an ONNX model,
// and says what goes into the model and what comes out.
//
//   1.onnx: 1 MB, the backbone of runs/1
//     in   pixel_values       batch x 3 x 32 x 32
//     out  class_token        batch x 96

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { emit } from '../../lib/index.ts'
import { printable } from '../data/printable.ts'
import { backboneOnnx } from '../model/backbone-onnx.ts'
import { writeWhole } from '../node/files.ts'
import { recordError } from '../node/record.ts'
import { cameAs, type Refusal, type Values } from '../options/option.ts'
import { choice, text, whole } from '../options/option-rows.ts'
import type { Given } from '../options/option-values.ts'
import { showBytes } from '../run/estimate.ts'
import { type Failure, failure, type RecordError } from '../run/failure.ts'
import { imageNet } from '../views/colour.ts'
import type { Backbone } from '../weights/backbone-tensors.ts'
import { readFlags } from './flags.ts'
import { showTable } from './table.ts'
import { backboneOf, type WeightFlags, weightOptions } from './weight-flags.ts'

/** The options of the command. */
export const exportOptions = {
  format: choice(['onnx'], 'onnx', 'the form that is written'),
  run: text(undefined, 'the folder of a run, in place of weights', 'a folder that dino train has written'),
  ...weightOptions,
  out: text(undefined, 'the file to write', 'a file whose name ends in .onnx'),
  size: whole([1, 8192], undefined, 'pixels of a side of the images, as many as in training if not given'),
} as const

type ExportFlags = Values<typeof exportOptions>

/** How the file is used elsewhere, for the help of the command. */
export const exportNotes = `
The model takes pixel_values (batch, 3, size, size), red, green and blue from 0 to 1, less the mean
${imageNet.mean.join(', ')} and divided by the deviation ${imageNet.deviation.join(', ')}, and gives
class_token (batch, features), patch_tokens (batch, patches, features), row by row, and
last_hidden_state (batch, tokens, features), all normalised. The batch may be of any size; opset ${emit.opset}, float32.

In Python (pip install onnxruntime):
  session = onnxruntime.InferenceSession("model.onnx")
  class_token, patch_tokens, tokens = session.run(None, {"pixel_values": images})

In JavaScript (onnxruntime-web in a page, onnxruntime-node in Node):
  const session = await ort.InferenceSession.create('model.onnx')
  const images = new ort.Tensor('float32', pixels, [batch, 3, size, size])
  const { class_token } = await session.run({ pixel_values: images })

In transformers.js: put it as onnx/model.onnx into a folder with a config.json of { "model_type": "dinov2" }, then
  const model = await AutoModel.from_pretrained(folder, { dtype: 'fp32' })
  const { last_hidden_state } = await model({ pixel_values })`

interface Wanted extends WeightFlags {
  readonly weights: string
  readonly out: string
  readonly size: number | undefined
}

const refused = (option: keyof typeof exportOptions, came: unknown): Refusal => ({
  name: `--${option}`,
  allowed: exportOptions[option].allowed,
  came: cameAs(came),
})

const wantedOf = ({ run, weights, ...flags }: ExportFlags): E.Either<Refusal, Wanted> => {
  const { out } = flags
  if (run !== undefined && weights !== undefined)
    return E.left({ ...refused('weights', weights), allowed: 'nothing where --run says which' })
  const from = run ?? weights
  if (from === undefined) return E.left(refused('weights', from))
  return out?.endsWith('.onnx') ? E.right({ ...flags, weights: from, out }) : E.left(refused('out', out))
}

/** The size of the images, which must be whole patches. */
const sizeOf = ({ size }: Wanted, { sizes: { imageSize, patchSize } }: Backbone): E.Either<Refusal, number> => {
  const chosen = size ?? imageSize
  return chosen % patchSize === 0
    ? E.right(chosen)
    : E.left({ name: '--size', allowed: `a multiple of the patch size, ${patchSize}`, came: String(chosen) })
}

const modelOf = ({ weights, form }: Backbone, size: number): emit.OnnxModel =>
  backboneOnnx({ backbone: weights, form }, size, {
    mean: imageNet.mean.join(', '),
    deviation: imageNet.deviation.join(', '),
  })

/** The rest of a file, beside its tensors, is smaller than this. */
const spare = 2 ** 24

const write = (path: string, model: emit.OnnxModel): E.Either<RecordError, number> => {
  const needed = emit.bytesOfTensors(model) + spare
  if (needed > emit.mostBytes)
    return E.left({ path, expected: `at most ${showBytes(emit.mostBytes)} in an ONNX file`, came: showBytes(needed) })
  return E.tryCatch(
    () => {
      const contents = emit.encodeOnnx(model)
      writeWhole(path, contents)
      return contents.length
    },
    recordError(path, 'a file to write'),
  )
}

const tell = ({ weights, out }: Wanted, { inputs, outputs }: emit.OnnxModel, bytes: number): void => {
  const row = (way: string) => (port: emit.Port) => [way, port.name, port.dims.join(' x ')]
  console.log(printable(`${out}: ${showBytes(bytes)}, the backbone of ${weights}`))
  console.log(showTable([...inputs.map(row('in')), ...outputs.map(row('out'))], ['left', 'left', 'left']))
}

/** The command. */
export const exportCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    readFlags(exportOptions)(given),
    E.chainW(flags => pipe(wantedOf(flags), E.mapLeft(failure('option')))),
    E.bindTo('wanted'),
    E.bindW('backbone', ({ wanted }) => backboneOf(wanted)),
    E.bindW('size', ({ wanted, backbone }) => pipe(sizeOf(wanted, backbone), E.mapLeft(failure('option')))),
    E.let('model', ({ backbone, size }) => modelOf(backbone, size)),
    E.bindW('bytes', ({ wanted, model }) => pipe(write(wanted.out, model), E.mapLeft(failure('record')))),
    E.map(({ wanted, model, bytes }) => tell(wanted, model, bytes)),
    TE.fromEither,
  )
