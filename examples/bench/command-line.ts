// The command line of the benchmark: who takes part, which cases, and how thoroughly they are measured. Rows of options
// as in `dino`; for example `--only wasm,jax --sizes small --contractions none`.

import { Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { addOptions, givenFrom } from '../../dino/command/flags.ts'
import { type Option, type Refusal, showRefusal, type Values } from '../../dino/options/option.ts'
import { number, text, whole } from '../../dino/options/option-rows.ts'
import { readGiven, usualValues } from '../../dino/options/option-values.ts'
import { contractionNames, stepNames } from './cases/cases.ts'
import { groups } from './competitors.ts'

const none = 'none'

/** Some of the words, with commas between them, all if not given; `none` is no word at all. */
const someOf = <W extends string>(words: readonly W[], meaning: string): Option<readonly W[]> => ({
  kind: 'option',
  meaning,
  allowed: `${none}, or some of ${words.join(',')}`,
  schema: z.array(z.enum(words)).readonly(),
  usual: words,
  spelling: {
    placeholder: '<text>',
    fromText: value =>
      typeof value !== 'string' ? value : value === none ? [] : value.split(',').map(word => word.trim()),
  },
})

/** The options. */
export const benchOptions = {
  only: someOf(groups, 'who takes part'),
  sizes: someOf(stepNames, 'sizes of the DINO step'),
  contractions: someOf(contractionNames, 'shapes of contractions'),
  seconds: number([0, 600], 1.5, 'seconds that each case is measured, at least'),
  repetitions: whole([1, 10000], 5, 'runs of each case that are counted, at least'),
  patience: number([1, 3600], 90, 'seconds after which no further run of a case begins, however few there were'),
  json: text(undefined, 'a file for everything that was measured', 'the name of a file'),
  python: text(undefined, 'a Python with PyTorch; also PYTHON=...', 'a program'),
} as const

/** What to do. */
export type BenchOptions = Values<typeof benchOptions>

/** What is done where nothing is said. */
export const usualOptions: BenchOptions = usualValues(benchOptions)

/** Why there is nothing to do: help was asked for (status 0), or an option was refused (status 2). */
export interface Stop {
  readonly status: 0 | 2
  readonly complaint: string
}

const refused = (error: Refusal): Stop => ({ status: 2, complaint: showRefusal(error) })

const examples = `
Examples:
  npm run bench
  npm run bench -- --only wasm,jax --sizes small --contractions none
  PYTHON=~/torch/bin/python npm run bench -- --json bench.json`

/** Reads the command line; commander itself prints help and what it refuses. */
export const readCommandLine = (
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): E.Either<Stop, BenchOptions> => {
  const command = new Command('npm run bench --').description('Measures this machine: contractions and DINO steps')
  addOptions(benchOptions, usualOptions)(command).addHelpText('after', examples).exitOverride()
  try {
    command.parse(words, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return E.left({ status: thrown.exitCode === 0 ? 0 : 2, complaint: '' })
  }
  const python = environment.PYTHON === undefined ? {} : { python: environment.PYTHON }
  return pipe(readGiven(benchOptions)({ ...python, ...givenFrom(command.opts()) }), E.mapLeft(refused))
}
