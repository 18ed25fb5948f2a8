// The rules of the house find what they are for: each is shown a small project with one fault in it, and one without.

import assert from 'node:assert/strict'
import { example } from '../support/example.ts'
import type { SourceFile } from '../support/source-files.ts'
import { rules } from './rules.ts'

const file = (path: string, text: string, ...imports: readonly string[]): SourceFile => ({
  path,
  lines: text.split('\n'),
  imports,
})

const documented = '/** One. */\nexport const one = 1\n'

/** The places that the rule whose words match finds in a project. */
const found = (words: RegExp, files: readonly SourceFile[], reasons = {}): readonly string[] => {
  const rule = rules(reasons).find(({ rule }) => words.test(rule))
  assert.ok(rule)
  return rule.broken(files)
}

example('a sound project breaks no rule', () => {
  const sound = [file('lib/a/one.ts', documented), file('dino/b/two.ts', documented, 'lib/a/one.ts')]
  assert.deepEqual(
    rules({}).flatMap(({ broken }) => broken(sound)),
    [],
  )
})

example('long lines and exports without a word are found', () => {
  assert.deepEqual(found(/columns/, [file('lib/a/one.ts', `// ${'x'.repeat(118)}`)]), ['lib/a/one.ts:1 has 121'])
  assert.deepEqual(found(/doc comment/, [file('lib/a/one.ts', 'export const one = 1')]), ['lib/a/one.ts: one'])
  assert.deepEqual(found(/doc comment/, [file('props/a/one.ts', 'export const one = 1')]), [])
})

example('folders that import each other are found, a folder and one inside it too, and ways of three', () => {
  const parent = [file('lib/a/one.ts', '', 'lib/a/b/two.ts'), file('lib/a/b/two.ts', '', 'lib/a/three.ts')]
  assert.equal(found(/folders/, parent).length, 1)
  const three = [file('lib/a/x.ts', '', 'lib/b/y.ts'), file('lib/b/y.ts', '', 'lib/c/z.ts')]
  assert.deepEqual(found(/folders/, three), [])
  assert.equal(found(/folders/, [...three, file('lib/c/z.ts', '', 'lib/a/w.ts')]).length, 1)
})

example('two modules of one name, and an import from above, are found', () => {
  assert.equal(found(/one name/, [file('lib/a/plan.ts', ''), file('dino/b/plan.ts', '')]).length, 1)
  assert.equal(found(/one name/, [file('lib/a/index.ts', ''), file('dino/b/index.ts', '')]).length, 0)
  assert.deepEqual(found(/imports nothing/, [file('lib/a/one.ts', '', 'dino/two.ts')]), [
    'lib/a/one.ts imports dino/two.ts',
  ])
})

example('a test that says neither law nor example is found', () => {
  const plain = "import { after, test } from 'node:test'"
  assert.deepEqual(found(/a law or an example/, [file('props/a/one.test.ts', plain)]), ['props/a/one.test.ts'])
  const told = "import { after } from 'node:test'\nimport { example } from '../support/example.ts'"
  assert.deepEqual(found(/a law or an example/, [file('props/a/one.test.ts', told)]), [])
})

example('long functions and files need a reason, tables and short ones none, and a reason must be needed', () => {
  const body = Array.from({ length: 45 }, (_, at) => `  step(${at}),`).join('\n')
  const long = file('lib/a/one.ts', `const all = (step: Step) => [\n${body}\n]`)
  const table = file('lib/a/two.ts', `const rows = {\n${body}\n}`)
  assert.deepEqual(found(/written reason/, [long, table]), ['lib/a/one.ts: all'])
  assert.deepEqual(found(/written reason/, [long, table], { 'lib/a/one.ts: all': 'why' }), [])
  assert.equal(found(/written reason/, [table], { 'lib/a/one.ts: all': 'why' }).length, 1)
  assert.deepEqual(found(/written reason/, [file('dino/a.ts', '\n'.repeat(210))]), ['dino/a.ts'])
})
