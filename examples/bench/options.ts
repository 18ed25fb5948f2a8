// The command line of the benchmark: what to measure, whom, and how thoroughly.

import { Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { addOptions, readGiven } from '../../dino/command/flags.ts'
import {
  number,
  type Option,
  type OptionError,
  showOptionError,
  text,
  type Values,
  whole,
} from '../../dino/options/option.ts'
import { contractionNames, stepNames } from './cases.ts'
import { groups } from './competitors.ts'

const none = 'none'

/** Some of the words, with commas between them; `none` is no word at all. */
const someOf = <W extends string>(words: readonly W[], meaning: string): Option<readonly W[]> => ({
  meaning,
  allowed: `${none}, or some of ${words.join(',')}`,
  schema: z.preprocess(
    value => (typeof value !== 'string' ? value : value === none ? [] : value.split(',').map(word => word.trim())),
    z.array(z.enum(words)).readonly(),
  ),
  value: 'text',
})

/** The options. */
export const benchOptions = {
  only: someOf(groups, 'who takes part'),
  sizes: someOf(stepNames, 'sizes of the DINO step'),
  contractions: someOf(contractionNames, 'shapes of contractions'),
  seconds: number(0, 600, 'seconds that each case is measured, at least'),
  repetitions: whole(1, 10000, 'runs of each case that are counted, at least'),
  patience: number(1, 3600, 'seconds after which no further run of a case begins, however few there were'),
  json: text('a file for everything that was measured', 'the name of a file'),
  python: text('a Python with PyTorch; also PYTHON=...', 'a program'),
} as const

type Read = Values<typeof benchOptions>

/** What to do. */
export type BenchOptions = Omit<Read, 'json' | 'python'> & Partial<Pick<Read, 'json' | 'python'>>

/** What is done where nothing is said. */
export const usualOptions: BenchOptions = {
  only: groups,
  sizes: stepNames,
  contractions: contractionNames,
  seconds: 1.5,
  repetitions: 5,
  patience: 90,
}

/** Why there is nothing to do: help was asked for (status 0), or an option was refused (status 2). */
export interface Stop {
  readonly status: 0 | 2
  readonly complaint: string
}

const refused = (error: OptionError): Stop => ({ status: 2, complaint: showOptionError(error) })

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
  addOptions(benchOptions, { ...usualOptions })(command)
    .addHelpText('after', examples)
    .exitOverride()
  try {
    command.parse(words, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return E.left({ status: thrown.exitCode === 0 ? 0 : 2, complaint: '' })
  }
  const python = environment.PYTHON === undefined ? {} : { python: environment.PYTHON }
  return pipe(
    readGiven(benchOptions)(command.opts()),
    E.bimap(refused, given => ({ ...usualOptions, ...python, ...given })),
  )
}
