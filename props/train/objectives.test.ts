// Runs with everything that DINOv2 and DINOv3 put beside DINO, from a configuration: every term is reported and the
// loss is their weighted sum, what is kept is saved and read back, and training goes on from it bit for bit. Beside
// them the kinds of teachers.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { ConfigurationChanges } from '../../dino/run/configuration.ts'
import { train } from '../../dino/run/course.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { type Progress, partContents, readProgress, stateFiles, stateParts } from '../../dino/run/saved.ts'
import { type Executor, executors, trees } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { inMemory, keeping, tinyWith, valuesOf } from '../support/training.ts'

/** All four objectives, with a head of patches of its own. */
const whole = {
  model: { backbone: { maskToken: true, imageSize: 16 }, patchHead: { separate: true, prototypes: 12 } },
  objective: { ibot: { weight: 0.5, ratio: [0.3, 0.6] }, koleo: { weight: 0.1 }, gram: { weight: 2 } },
  schedules: { anchorRefresh: { every: 3 } },
} as const satisfies ConfigurationChanges

const steps = 6

/** Trains a run of six steps from somewhere until so many are done. */
const trained = async (changes: ConfigurationChanges, executor: Executor, until = steps, from?: Progress) => {
  const configuration = tinyWith(changes)
  const { heard, watch } = keeping(until - (from?.step ?? 0))
  const loader = directLoader(configuration, inMemory(8))
  const course = { configuration, steps, loader, watch, ...(from === undefined ? {} : { from }) }
  const progress = right(await train(course)(executor)())
  const reports = heard.reports.map(report => report as object as Readonly<Record<string, number>>)
  return { configuration, progress, reports }
}

const bitsOf = (tree: object): readonly (readonly [string, Buffer])[] =>
  trees.leavesOf<'dense'>(tree).map(([path, { data }]) => [path, Buffer.from(Float32Array.from(data).buffer)])

for (const assignment of ['centre', 'sinkhorn'] as const)
  example(`DINO, iBOT, KoLeo and Gram anchoring by ${assignment}: terms, files, and going on from them`, () =>
    withOpened(executors.wasm({ threads: 'here' }), async executor => {
      const changes = { ...whole, objective: { ...whole.objective, assignment } }
      const { configuration, progress, reports } = await trained(changes, executor)
      for (const { loss, dino, ibot, koleo, gram, patchEntropy, nearest } of reports) {
        assert.ok([dino, ibot, koleo, gram, patchEntropy, nearest].every(Number.isFinite), 'every term is finite')
        assert.ok(Math.abs(loss - (dino + ibot + koleo + gram)) < 1e-5, `the loss is ${loss}`)
        assert.ok(ibot > 0 && patchEntropy > 0 && nearest > 0, 'there are hidden patches and other images')
      }
      assert.ok(reports[1].gram > 0, 'the student leaves its anchor')
      const half = await trained(changes, executor, 3)
      const files = new Map<string, Uint8Array>(
        stateParts.map(part => [stateFiles[part], partContents(half.progress, part)]),
      )
      const read = right(readProgress(configuration, file => E.fromNullable(`no ${file}`)(files.get(file))))
      assert.deepEqual(bitsOf(read.state), bitsOf(half.progress.state))
      const paths = bitsOf(read.state.objective).map(([path]) => path)
      assert.equal(paths.includes('dino.centre') && paths.includes('ibot.centre'), assignment === 'centre')
      assert.ok(paths.includes('gram.anchor.classToken'), `${paths}`)
      const after = await trained(changes, executor, steps, read)
      assert.deepEqual(bitsOf(after.progress.state), bitsOf(progress.state))
    }),
  )

example('the anchor is the teacher of the step that refreshed it, and stays until the next', async () => {
  const { state } = (await trained(whole, executors.reference, 5)).progress
  const earlier = (await trained(whole, executors.reference, 2)).progress.state
  const anchor = (of: typeof state) => valuesOf((of.objective as { readonly gram: { readonly anchor: object } }).gram)
  assert.deepEqual(
    anchor(state).map(([, values]) => values),
    valuesOf(earlier.teacher.backbone).map(([, values]) => values),
  )
})

/** The state of a run of three epochs of two steps. */
const teacherAfter = async (teacher: string, until: number) =>
  (
    await trained(
      { schedules: { teacherMomentum: { teacher } }, run: { epochs: 3 } } as ConfigurationChanges,
      executors.reference,
      until,
    )
  ).progress.state

example('the teacher is the student, the student a step or an epoch ago, or what it began as', async () => {
  const after = (kind: string, until: number) => teacherAfter(kind, until)
  const copy = await after('student copy', 2)
  assert.deepEqual(valuesOf(copy.teacher), valuesOf(copy.student))
  const [before, behind] = [await after('previous step', 2), await after('previous step', 3)]
  assert.deepEqual(valuesOf(behind.teacher), valuesOf(before.student))
  assert.notDeepEqual(valuesOf(behind.teacher), valuesOf(behind.student))
  const [epoch, later] = [await after('previous epoch', 4), await after('previous epoch', 5)]
  assert.deepEqual(valuesOf(later.teacher), valuesOf(epoch.student))
  assert.notDeepEqual(valuesOf(later.teacher), valuesOf(later.student))
  const [start, frozen] = [await after('frozen', 0), await after('frozen', 3)]
  assert.deepEqual(valuesOf(frozen.teacher), valuesOf(start.student))
  assert.notDeepEqual(valuesOf(frozen.student), valuesOf(start.student))
})
