// The manifest of a checkpoint: the step that it is of, the identity of its run, its place in the metrics, and length
// and checksum of each of its files, with a checksum of all that. A checkpoint is whole if its files are as its
// manifest says. Everything else that a run goes on from (keys, masks, the order of pictures, the optimiser's clocks)
// follows from the configuration and the number of the step.
//
//   { "format": 2, "step": 300, "seed": 1, "arithmetic": "reference", "identity": { "model": "9c56...", ... },
//     "metrics": { "lines": 300, "bytes": 96410 }, "knn": 0.41,
//     "files": { "student.safetensors": { "bytes": 404216, "sha256": "7d86..." }, ... }, "sha256": "e3b0..." }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { format } from './configuration.ts'
import type { Checksum } from './identity.ts'
import { type ContentError, stateFiles } from './saved.ts'

const count = z.number().int().min(0)
const sum = z.string().regex(/^[0-9a-f]{64}$/)
const fileEntry = z.strictObject({ bytes: count, sha256: sum }).readonly()

/** The files of a checkpoint beside its manifest. */
const fileNames = Object.values(stateFiles)

const manifestSchema = z
  .strictObject({
    format: z.literal(format),
    step: count,
    seed: count,
    arithmetic: z.string(),
    identity: z.strictObject({ model: sum, training: sum, pictures: sum }).readonly(),
    metrics: z.strictObject({ lines: count, bytes: count }).readonly(),
    knn: z.number().optional(),
    files: z.record(z.enum(fileNames), fileEntry).readonly(),
  })
  .readonly()

/** The length in bytes and the checksum of a file. */
export type FileEntry = z.infer<typeof fileEntry>

/** What a checkpoint is of, and how its files are when it is whole. */
export type Manifest = z.infer<typeof manifestSchema>

/** The name of the manifest's file. */
export const manifestFile = 'manifest.json'

/** A manifest as the text of its file. The checksum is of its JSON without the checksum and without spaces. */
export const writeManifest = (manifest: Manifest, checksum: Checksum): string =>
  `${JSON.stringify({ ...manifest, sha256: checksum(JSON.stringify(manifest)) }, null, 2)}\n`

const refused = (expected: string, came: string): ContentError => ({ file: manifestFile, expected, came })

const fieldOf = (json: unknown, field: string): unknown =>
  typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[field] : undefined

/** A manifest from the text of its file, or what is wrong with it. */
export const readManifest = (text: string, checksum: Checksum): E.Either<ContentError, Manifest> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => refused('JSON', `${text.length} characters that are none`),
    ),
    E.filterOrElse(
      json => fieldOf(json, 'format') === format,
      json => refused(`a manifest of format ${format}`, `format ${JSON.stringify(fieldOf(json, 'format'))}`),
    ),
    E.chain(json => {
      const { sha256, ...rest } = json as Readonly<Record<string, unknown>>
      if (sha256 !== checksum(JSON.stringify(rest)))
        return E.left(refused('a manifest as it was written', 'another checksum: it was changed or cut short'))
      const parsed = manifestSchema.safeParse(rest)
      if (parsed.success) return E.right(parsed.data)
      const [issue] = parsed.error.issues
      return E.left(refused('a manifest', `${issue.path.join('.') || 'the whole'}: ${issue.message}`))
    }),
  )
