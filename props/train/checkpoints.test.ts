// Which checkpoints are kept, when a state is written, what a manifest says, and which options a run may change while
// it goes on.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { showRecordError } from '../../dino/command/tell-failure.ts'
import { checkpointFolder, sha256 } from '../../dino/node/checkpoint-folder.ts'
import { isRunning, takeRun } from '../../dino/node/process-lock.ts'
import { manifestOf } from '../../dino/node/read-checkpoint.ts'
import { readNotes } from '../../dino/node/run-file.ts'
import { listRuns } from '../../dino/node/run-list.ts'
import { leavesOfOptions, valueAt } from '../../dino/options/option-values.ts'
import { viewBatches } from '../../dino/run/batch.ts'
import { cadence } from '../../dino/run/cadence.ts'
import { type Configuration, changed, configurationOptions, configure } from '../../dino/run/configuration.ts'
import type { StepReport } from '../../dino/run/course.ts'
import { identityOf } from '../../dino/run/identity.ts'
import { initialState } from '../../dino/run/initial.ts'
import { saying, stepInput } from '../../dino/run/input.ts'
import { readManifest, writeManifest } from '../../dino/run/manifest.ts'
import { stateFiles } from '../../dino/run/saved.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { withFullDisk } from '../support/full-disk.ts'
import { law } from '../support/law.ts'
import { bitsOf, newRecord } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { inMemory, tiny, tinyWith } from '../support/training.ts'

const state = initialState(tiny)

const reportOf = (step: number): StepReport => ({ step, loss: 1 }) as StepReport

/** Saves at steps 1, 2, 3 and so on, each with its k-NN accuracy or none; gives the steps that are kept. */
const kept = async (keep: number, accuracies: readonly (number | undefined)[]): Promise<readonly number[]> => {
  let found: readonly number[] = []
  await withFolder({}, async folder => {
    const run = join(folder, 'run')
    const record = newRecord(run, tinyWith({ run: { keep } }))
    accuracies.forEach((knn, step) => {
      right(record.save({ state, step: step + 1, ...(knn === undefined ? {} : { knn }) }))
    })
    found = readdirSync(join(run, 'checkpoints')).map(Number).sort()
  })
  return found
}

example('the last ones are kept, and the best by k-NN', async () => {
  const none = undefined
  assert.deepEqual(await kept(2, [none, none, none, none]), [3, 4])
  assert.deepEqual(await kept(1, [0.1, 0.5, 0.4, 0.3]), [2, 4])
  assert.deepEqual(await kept(2, [0.5, 0.1, 0.2, 0.3]), [1, 3, 4])
  assert.deepEqual(await kept(1, [0.5, 0.1, 0.6, 0.3]), [3, 4])
  assert.deepEqual(await kept(3, [0.1, 0.2, 0.3, 0.4]), [2, 3, 4])
  assert.deepEqual(await kept(10, [none, none]), [1, 2])
})

example('a checkpoint says its k-NN accuracy, its place in the metrics, and whose it is', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const record = newRecord(run, tiny)
    for (const step of [0, 1]) right(record.step(reportOf(step)))
    right(record.save({ state, step: 2, knn: 0.25 }))
    const { knn, metrics, seed, arithmetic, step } = right(manifestOf(run, 2))
    const bytes = readFileSync(join(run, 'metrics.jsonl')).length
    assert.deepEqual([knn, metrics, seed, arithmetic, step], [0.25, { lines: 2, bytes }, tiny.run.seed, 'reference', 2])
  }),
)

law('steps are due at their multiples, wherever a run begins', fc.tuple(fc.nat(20), fc.nat(200)), ([every, done]) =>
  holds('due', cadence(every)(done) === (every > 0 && done % every === 0)),
)

law(
  'minutes are due when they have gone by since the last time',
  fc.tuple(fc.integer({ min: 1, max: 90 }), fc.array(fc.integer({ min: 0, max: 100 }))),
  ([minutes, pauses]) => {
    let [now, last] = [0, 0]
    const isDue = cadence(`${minutes}min`, () => 60_000 * now)
    const told = pauses.map((pause, step) => {
      now += pause
      return isDue(step)
    })
    now = 0
    const expected = pauses.map(pause => {
      now += pause
      if (now - last < minutes) return false
      last = now
      return true
    })
    return sameData('due', told, expected)
  },
)

example('--save-every is a number of steps or of minutes', () => {
  const of = (text: string) => configure(tiny, { 'save-every': text })
  assert.deepEqual(
    ['0', '7', '10min', '0.5min'].map(text => right(of(text)).run.saveEvery),
    [0, 7, '10min', '0.5min'],
  )
  for (const text of ['-1', '1.5', 'min', '0min', '10 min', '10h', '1e3min', ''])
    assert.deepEqual(
      of(text),
      E.left({
        name: '--save-every',
        allowed: 'a whole number of steps from 0 to 1000000000, or of minutes as 10min',
        came: JSON.stringify(text),
      }),
    )
})

const sum = fc.nat().map(seed => sha256(String(seed)))
const manifests = fc.record({
  format: fc.constant(2 as const),
  step: fc.nat(),
  seed: fc.nat(),
  arithmetic: fc.string(),
  identity: fc.record({ model: sum, training: sum, pictures: sum }),
  metrics: fc.record({ lines: fc.nat(), bytes: fc.nat() }),
  files: fc
    .tuple(sum, fc.nat())
    .map(
      ([sha, bytes]) =>
        Object.fromEntries(Object.values(stateFiles).map(file => [file, { bytes, sha256: sha }])) as Record<
          (typeof stateFiles)[keyof typeof stateFiles],
          { bytes: number; sha256: string }
        >,
    ),
})

law('a manifest is read as it was written', manifests, manifest =>
  sameData('manifest', right(readManifest(writeManifest(manifest, sha256), sha256)), manifest),
)

const names = ['a', 'b']

law(
  'an identity changes with every option but those that a run may change',
  fc.constantFrom(...leavesOfOptions(configurationOptions)),
  ({ path, option }) => {
    const before = valueAt(tiny, path)
    const other = typeof before === 'number' ? before + 1 : typeof before === 'boolean' ? !before : ['another']
    const edited = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), other) as Partial<Configuration>
    const [own, next] = [tiny, changed(tiny, edited)].map(one => identityOf(one, names, sha256))
    return [
      holds(`${path.join('.')} of training`, (own.training !== next.training) === (option.changeable !== true)),
      holds(`${path.join('.')} of the model`, (own.model !== next.model) === (path[0] === 'model')),
      holds('pictures', own.pictures === next.pictures),
    ]
  },
)

example('an identity does not depend on the order of a file, and does on the names of pictures', () => {
  const turned = Object.fromEntries(Object.entries(tiny).reverse()) as unknown
  assert.deepEqual(identityOf(turned as Configuration, names, sha256), identityOf(tiny, names, sha256))
  assert.notEqual(identityOf(tiny, ['b', 'a'], sha256).pictures, identityOf(tiny, names, sha256).pictures)
})

law(
  'all that a step is given follows from its number: order of pictures, views, masks, rates and clocks',
  fc.record({ seed: fc.nat(1000), step: fc.nat(12), images: fc.integer({ min: 4, max: 9 }) }),
  async ({ seed, step, images }) => {
    const configuration = tinyWith({ run: { seed }, optimiser: { freezeLastLayer: 0.4 } })
    const given = async (from: number) => {
      const batches = viewBatches(configuration, inMemory(images))
      const say = saying(configuration, 20)
      for (let before = from; before < step; before += 1) {
        await batches(before)()
        say(before)
      }
      const { views } = right(await batches(step)())
      return bitsOf(stepInput(configuration, views, step, say(step)))
    }
    return sameData('input', await given(step), await given(0))
  },
  'dear',
)

const lock = (folder: string, trainer: unknown): void =>
  writeFileSync(join(folder, 'process.json'), JSON.stringify(trainer))

example('a run belongs to a living process, and to no other of its number, nor to one that died', () =>
  withFolder({ 'metrics.jsonl': '' }, async folder => {
    const mine = right(takeRun(folder), showRecordError)
    const own = JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8'))
    assert.deepEqual([own.host, own.id], [hostname(), process.pid])
    const again = takeRun(folder)
    assert.ok(E.isLeft(again), 'taken twice')
    assert.match(
      showRecordError(again.left),
      /expected a run that no process trains, came process \d+ on .*, which does/,
    )
    mine()
    mine()
    assert.ok(!existsSync(join(folder, 'process.json')), 'let go of')
    const dead = [
      { ...own, id: 2 ** 22 + 1 },
      ...(own.began === '' ? [] : [{ ...own, began: 'before' }]),
      'rubbish',
      { id: 1 },
    ]
    for (const trainer of dead) {
      lock(folder, trainer)
      assert.ok(!isRunning(folder), JSON.stringify(trainer))
      right(takeRun(folder), showRecordError)()
    }
    lock(folder, { ...own, host: 'another machine' })
    assert.ok(isRunning(folder), 'its metrics have just been written')
    assert.deepEqual(readdirSync(folder).sort(), ['metrics.jsonl', 'process.json'])
  }),
)

example('the notes of a run that cannot be written stay as they were', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const record = newRecord(run, tiny)
    const before = right(readNotes(run))
    assert.ok(E.isLeft(withFullDisk(() => record.end({ how: 'finished' }))), 'was written')
    assert.deepEqual(right(readNotes(run)), before)
    assert.deepEqual(readdirSync(run).sort(), ['configuration.json', 'metrics.jsonl', 'run.json'])
    assert.ok(!existsSync(checkpointFolder(run, 0)), 'nothing else is written')
  }),
)

example('a list tells the best k-NN accuracy of metrics and checkpoints, the last loss, and how a run ended', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const record = newRecord(run, tiny)
    right(record.step(reportOf(0)))
    right(record.save({ state, step: 1, knn: 0.5 }))
    right(record.step({ ...reportOf(1), loss: 3, ...{ knn: 0.25 } }))
    const listed = () => right(listRuns(folder)).map(found => right(found, showRecordError))
    assert.deepEqual(
      listed().map(({ knn, loss, state: how, done, saved }) => [knn, loss, how, done, saved]),
      [[0.5, 3, 'running', 2, 1]],
    )
    right(record.end({ how: 'failed', reason: 'told to' }))
    assert.deepEqual(
      listed().map(({ state: how, reason }) => [how, reason]),
      [['failed', 'told to']],
    )
  }),
)
