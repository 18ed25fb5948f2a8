// Every example in a doc comment is a program: it compiles under the project's settings, runs, and gives what it says.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { docExamples } from '../support/doc-examples.ts'
import { example } from '../support/example.ts'
import { same } from '../support/same-value.ts'
import { faultsOfFolder, projectFolder } from '../support/type-checker.ts'

/** Examples that there are at least; none is lost without notice. */
const fewest = 90

const examples = docExamples()

/** Runs the examples one after the other in one process; gives what failed, by its place. */
const runAll = async (folder: string): Promise<string> => {
  const runner = `
const failed: string[] = []
for (const [file, place] of ${JSON.stringify(examples.map(({ place }, at) => [`./example-${at}.ts`, place]))})
  try { await import(file) } catch (thrown) { failed.push(place + ': ' + (thrown as Error).message) }
console.log(failed.join('\\n'))
process.exit(0)
`
  await writeFile(join(folder, 'run-all.ts'), runner)
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(folder, 'run-all.ts')], {
    cwd: projectFolder,
  })
  return stdout.trim()
}

example(`at least ${fewest} doc comments have an example`, () =>
  assert.ok(examples.length >= fewest, `${examples.length}`),
)

example('every example compiles, runs and gives what it says', async () => {
  await mkdir(join(projectFolder, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(projectFolder, 'dist', 'examples-'))
  try {
    for (const [at, { program }] of examples.entries()) await writeFile(join(folder, `example-${at}.ts`), program)
    assert.equal(await runAll(folder), '')
    const placed = faultsOfFolder(folder).map(fault =>
      fault.replace(/example-(\d+)\.ts/, (_, at) => `${examples[Number(at)].place}, example-${at}.ts`),
    )
    assert.deepEqual(placed, [])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

example('what an example gives is compared', () => {
  same([0.1 + 0.2, { a: Float32Array.of(1) }], [0.3, { a: [1] }])
  for (const [got, expected] of [
    [1, 1.001],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    ['1', 1],
  ])
    assert.throws(() => same(got, expected))
})
