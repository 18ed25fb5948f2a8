// A checkpoint that is not as it was written is refused, with the file and what is wrong, and the one before it is
// read. A thousand mutated checkpoints: twenty ways in which bytes go wrong, fifty of each, in each of the five files;
// and what people do with files: exchange, lose, rename, edit.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { showFailure } from '../../dino/command/tell-failure.ts'
import { checkpointFolder, sha256 } from '../../dino/node/checkpoint-folder.ts'
import { readWholeRun } from '../../dino/node/record.ts'
import { initialState } from '../../dino/run/initial.ts'
import { type Manifest, manifestFile, readManifest, writeManifest } from '../../dino/run/manifest.ts'
import { stateFiles } from '../../dino/run/saved.ts'
import { example } from '../support/example.ts'
import { byteMutators, drawing } from '../support/mutated-bytes.ts'
import { bitsOf, hearingRefused, newRecord } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { tiny, tinyWith } from '../support/training.ts'

const [older, later, another] = [1, 2, 3].map(seed => initialState(tinyWith({ run: { seed } })))
const newer = { ...later, student: another.student }
const files = [...Object.values(stateFiles), manifestFile]

/** A run with checkpoints of steps 1 and 2. */
const withRun = (use: (run: string) => Promise<void> | void): Promise<void> =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const record = newRecord(run, tiny)
    right(record.save({ state: older, step: 1 }))
    right(record.save({ state: newer, step: 2 }))
    await use(run)
  })

/** Checks that a run is read as the newer state, or as the older one with what is wrong with the newer. */
const accounted = (run: string, what: string, wrong: RegExp): 'read' | 'refused' => {
  const { heard, hear } = hearingRefused()
  const { progress } = right(readWholeRun(run, hear))
  const expected = progress.step === 2 ? newer : older
  assert.deepEqual(bitsOf(progress.state), bitsOf(expected), what)
  if (progress.step === 2) {
    assert.deepEqual(heard, [], what)
    return 'read'
  }
  assert.equal(heard.length, 2, what)
  assert.match(heard[0], wrong, what)
  assert.equal(heard[1], 'step 1', what)
  return 'refused'
}

for (const [kind, mutate] of Object.entries(byteMutators))
  example(`fifty checkpoints with ${kind} are refused, or exactly what was written`, () =>
    withRun(run => {
      for (let seed = 0; seed < 50; seed += 1) {
        const file = files[seed % files.length]
        const path = join(checkpointFolder(run, 2), file)
        const written = readFileSync(path)
        const mutated = mutate(Uint8Array.from(written), drawing(seed))
        writeFileSync(path, mutated)
        const came = accounted(run, `${kind} in ${file}, seed ${seed}`, /000002\/\w+\.\w+: expected .*, came /)
        if (file !== manifestFile) assert.equal(came, written.equals(mutated) ? 'read' : 'refused', `seed ${seed}`)
        writeFileSync(path, written)
      }
    }),
  )

const edited = (run: string, edit: (manifest: Manifest) => Manifest): void => {
  const path = join(checkpointFolder(run, 2), manifestFile)
  writeFileSync(path, writeManifest(edit(right(readManifest(readFileSync(path, 'utf8'), sha256))), sha256))
}

const [student, teacher] = [stateFiles.student, stateFiles.teacher]

const deeds: Readonly<Record<string, readonly [deed: (run: string, own: string) => void, wrong: RegExp]>> = {
  'student and teacher exchanged': [
    (_, own) => {
      renameSync(join(own, student), join(own, 'x'))
      renameSync(join(own, teacher), join(own, student))
      renameSync(join(own, 'x'), join(own, teacher))
    },
    /student\.safetensors: expected the checksum/,
  ],
  'a file lost': [(_, own) => rmSync(join(own, teacher)), /teacher\.safetensors: .*ENOENT/],
  'the manifest lost': [(_, own) => rmSync(join(own, manifestFile)), /manifest\.json: .*ENOENT/],
  'a file of the step before': [
    (run, own) => cpSync(join(checkpointFolder(run, 1), teacher), join(own, teacher)),
    /teacher\.safetensors: expected the checksum/,
  ],
  'a file in place of the folder': [
    (_, own) => {
      rmSync(own, { recursive: true })
      writeFileSync(own, '')
    },
    /ENOTDIR/,
  ],
  'a folder in place of a file': [
    (_, own) => {
      rmSync(join(own, teacher))
      mkdirSync(join(own, teacher))
    },
    /teacher\.safetensors: expected/,
  ],
  'the step before copied under the next name': [
    (run, own) => {
      rmSync(own, { recursive: true })
      cpSync(checkpointFolder(run, 1), own, { recursive: true })
    },
    /manifest\.json: expected step 2, as its folder says, came step 1/,
  ],
  'that, with a manifest that says so': [
    (run, own) => {
      rmSync(own, { recursive: true })
      cpSync(checkpointFolder(run, 1), own, { recursive: true })
      edited(run, () => ({ ...right(readManifest(readFileSync(join(own, manifestFile), 'utf8'), sha256)), step: 2 }))
    },
    /expected the state of step 2, as its manifest says, came that of step 1/,
  ],
  'another model': [
    run => edited(run, manifest => ({ ...manifest, identity: { ...manifest.identity, model: sha256('') } })),
    /manifest\.json: expected the model of configuration\.json, came another model/,
  ],
  'a format of the future': [
    run => edited(run, manifest => ({ ...manifest, format: 99 as Manifest['format'] })),
    /manifest\.json: expected a manifest of format \d+, came format 99/,
  ],
  'a manifest without files': [
    run => edited(run, manifest => ({ ...manifest, files: {} as Manifest['files'] })),
    /manifest\.json: expected a manifest, came files/,
  ],
}

for (const [what, [deed, wrong]] of Object.entries(deeds))
  example(`a checkpoint with ${what} is refused, and the one before is read`, () =>
    withRun(run => {
      deed(run, checkpointFolder(run, 2))
      assert.equal(accounted(run, what, wrong), 'refused')
    }),
  )

example('where no checkpoint is whole, the fault of the newest is the error', () =>
  withRun(run => {
    for (const step of [1, 2]) writeFileSync(join(checkpointFolder(run, step), teacher), String(step))
    const read = readWholeRun(run, () => assert.fail('nothing is read'))
    assert.ok(E.isLeft(read), 'was read')
    assert.match(
      showFailure(read.left),
      /000002\/teacher\.safetensors: expected \d+ bytes, as its manifest says, came 1$/,
    )
  }),
)
