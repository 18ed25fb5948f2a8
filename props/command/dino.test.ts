// The command as people meet it: its help and lists, and what it says about mistakes.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { presetNames, presets } from '../../dino/run/presets.ts'
import { dino, pictures, smaller } from '../support/command.ts'
import { example } from '../support/example.ts'
import { pngOf, withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

example('help shows every option with what it allows, and examples', async () => {
  const { status, out } = await dino('train', '--help')
  assert.equal(status, 0)
  for (const part of ['--learning-rate <number>', '--global-area <low,high>', '--profile [true|false]', 'Examples:'])
    assert.ok(out.includes(part), part)
})

example('presets are listed with their sources and what they change', async () => {
  const { status, out } = await dino('presets')
  assert.equal(status, 0)
  for (const name of presetNames) assert.ok(out.includes(`${name}: ${presets[name].meaning}`), name)
  assert.match(out, /Caron et al\. 2021/)
  assert.match(out, /--learning-rate 0\.012 --teacher-momentum 0\.98/)
  assert.ok(out.split('\n').every(line => line.length <= 120))
})

example('--version is that of the package', async () => {
  const { status, out } = await dino('--version')
  assert.equal(status, 0)
  assert.equal(out.trim(), JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')).version)
})

example('info lists executors with what they are or why they do not work', async () => {
  const { status, out, error } = await dino('info')
  assert.deepEqual([status, error], [0, ''])
  assert.match(out, /yes {2}wasm +WebAssembly SIMD/)
  assert.match(out, /yes {2}reference/)
  assert.match(out, /no {3}gpu:webgl2 +.*it runs in browsers only/)
})

const mistakes: readonly (readonly [words: readonly string[], status: number, told: RegExp])[] = [
  [['train', '--batch', 'many'], 2, /^--batch: expected a whole number from 1 to 65536, came "many"\n$/],
  [['train', '--preset', 'large'], 2, /^--preset: expected one of scenes, .*, dinov2-vitl14, came "large"\n$/],
  [['train', '--bacth', '4'], 2, /unknown option '--bacth'/],
  [['train', '--steps', '0', '--epochs', '0'], 2, /^--epochs: expected more than 0 where steps is 0, came 0\n$/],
  [['train', '--config', 'package.json', '--preset', 'scenes'], 2, /^--preset: expected nothing where --config says/],
  [
    ['train', '--config', 'no-such-file'],
    2,
    /^--config: expected a file that .*, came no-such-file \(ENOENT: there is/,
  ],
  [
    ['train', '--config', 'package.json'],
    2,
    /^package\.json is not the configuration of a run:\n {2}format: expected 2, .*\n {2}data: (.*\n)*.*and \d+ more\n$/,
  ],
  [
    ['train', '--prototypes', '1000000', '--bottleneck', '4096'],
    2,
    /needs at least 66\.\d GB, and there are 4\.3 GB; what needs most are prototypes \(--prototypes, --bottleneck\)\n$/,
  ],
  [['train', '--out', '/proc/nothing/here'], 1, /\/proc\/nothing\/here: expected a folder to create, came ENOENT/],
  [['train', '--executor', 'gpu:metal'], 2, /gpu:metal.*auto.*wasm/s],
  [['train', '--data', 'no-such-folder'], 1, /expected a folder of pictures at .*no-such-folder, came nothing/],
  [['evaluate', 'knn'], 2, /^--run: expected a folder that dino train has written, came nothing\n$/],
  [['evaluate', 'knn', '--run', 'props'], 1, /configuration\.json: expected the configuration of a run, came/],
  [['evaluate', 'knn', '--k', '0'], 2, /^--k: expected a whole number from 1 to 10000, came "0"\n$/],
]

for (const [words, status, told] of mistakes)
  example(`dino ${words.join(' ')} is told in words, with status ${status}`, async () => {
    const ended = await dino(...words)
    assert.equal(ended.status, status)
    assert.match(ended.error, told)
    assert.doesNotMatch(ended.error, /\n {4}at /)
  })

example('a configuration that was printed is accepted back, and flags go before it', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['train', '--preset', 'photos', '--data', folder, '--print-config', ...smaller]
    const printed = await dino(...words, '--patch-size', '4', '--local-size', '4')
    assert.equal(printed.status, 0)
    assert.match(printed.error, /^a step needs about 1 MB, and the state is written as 1 MB\n$/)
    const file = join(folder, 'mine.json')
    writeFileSync(file, printed.out)
    const again = await dino('train', '--config', file, '--print-config')
    assert.deepEqual([again.status, again.out], [0, printed.out])
    const seeded = await dino('train', '--config', file, '--print-config', '--seed', '77')
    const { run, ...rest } = JSON.parse(printed.out)
    assert.deepEqual(JSON.parse(seeded.out), { ...rest, run: { ...run, seed: 77 } })
    const out = join(folder, 'out')
    const trained = await dino('train', '--config', file, '--steps', '1', '--out', out)
    assert.equal(trained.status, 0, trained.error)
    const resumed = await dino('train', '--config', join(out, 'configuration.json'), '--print-config')
    assert.deepEqual(JSON.parse(resumed.out), { ...rest, run: { ...run, steps: 1 } })
  }),
)

example('demo says before training that a folder has no classes', async () =>
  withFolder({ 'a.png': await pngOf(12, [1, 2, 3]) }, async folder => {
    const { status, error } = await dino('demo', '--data', folder, '--out', join(folder, 'out'), ...smaller)
    assert.equal(status, 2)
    assert.match(error, /--data: expected a folder with a sub-folder for each class, came /)
    assert.deepEqual(readdirSync(folder), ['a.png'])
  }),
)

example('a set of which nothing can be read is no bank', async () =>
  withFolder({ ...(await pictures()), 'broken/red/1.png': 'no', 'broken/blue/1.png': 'no' }, async folder => {
    const run = join(folder, 'out')
    await dino('train', '--data', join(folder, 'red'), '--out', run, '--steps', '1', ...smaller)
    const bank = join(folder, 'broken')
    const { status, error } = await dino('evaluate', 'knn', '--run', run, '--bank', bank, '--queries', bank)
    assert.equal(status, 1)
    assert.match(error, /none of the 2 pictures of broken could be read/)
  }),
)
