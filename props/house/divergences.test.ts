// The table of differences between the public codes (dino/README.md) names flags and tests: each of them is there.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { leavesOfOptions } from '../../dino/options/option-values.ts'
import { configurationOptions } from '../../dino/run/configuration.ts'
import { example } from '../support/example.ts'

const text = readFileSync(new URL('../../dino/README.md', import.meta.url), 'utf8')
const rows = text.split('\n').filter(line => /^\| [^|]+ \|.*\|$/.test(line) && !line.startsWith('| |'))

example('every flag of the table is an option of a run', () => {
  const flags = new Set(leavesOfOptions(configurationOptions).map(({ flag }) => `--${flag}`))
  const named = [...new Set(rows.flatMap(row => row.match(/--[a-z-]+/g) ?? []))]
  assert.ok(named.length >= 40, `only ${named.length} flags were found`)
  assert.deepEqual(
    named.filter(flag => !flags.has(flag)),
    [],
  )
})

example('every row of the table is held by tests that are there', () => {
  assert.ok(rows.length >= 30, `only ${rows.length} rows were found`)
  for (const row of rows) {
    const tests =
      row
        .split('|')
        .at(-2)
        ?.match(/[a-z]+\/[a-z0-9-]+/g) ?? []
    assert.ok(tests.length > 0, `no test is named: ${row}`)
    for (const name of tests)
      assert.ok(existsSync(new URL(`../${name}.test.ts`, import.meta.url)), `props/${name}.test.ts`)
  }
})
