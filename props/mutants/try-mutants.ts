// `npm run mutants [-- --only TEXT]`: tries every mutant, or those whose file or change contains the text, one after
// the other, and prints a line for each as it ends. The exit status is 1 if one survives or does not apply any more. A
// line reads
//
//   killed    lib/tree/random.ts  the logarithm of 0 is possible  (props/tree/random.test.ts)

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { survivorsDino } from './survivors-dino.ts'
import { survivorsLib } from './survivors-lib.ts'
import { copyRepository, type Outcome, type Trial, tryMutant, unchanged } from './trial.ts'

const outcomes: readonly Outcome[] = ['killed', 'survived', 'stale']

const chosen = (only: string): readonly Mutant[] =>
  [...survivorsLib, ...survivorsDino].filter(({ file, change }) => file.includes(only) || change.includes(only))

const line = ({ file, change }: Mutant, { outcome, reason }: Trial): string =>
  `${outcome.padEnd(8)}  ${file}  ${change}  (${reason})`

const summary = (found: readonly Outcome[]): string =>
  outcomes.map(outcome => `${found.filter(one => one === outcome).length} ${outcome}`).join(', ')

/** Tries the mutants and prints what became of them; whether all were killed. */
const tryAll = async (mutants: readonly Mutant[]): Promise<boolean> => {
  const folder = copyRepository(fileURLToPath(new URL('../../', import.meta.url)))
  const limits = await unchanged(
    folder,
    mutants.flatMap(({ tests }) => tests),
  )
  const attempt = tryMutant(folder, limits)
  const found: Outcome[] = []
  for (const mutant of mutants) {
    const trial = await attempt(mutant)
    console.log(line(mutant, trial))
    found.push(trial.outcome)
  }
  console.log(summary(found))
  return found.every(outcome => outcome === 'killed')
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
process.exitCode = (await tryAll(chosen(values.only))) ? 0 : 1
