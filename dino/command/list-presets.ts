// The `presets` command: it prints for each preset its purpose, the source of its values, and its changes of the usual
// values, as flags.
//
//   scenes: the built-in scenes, about a minute on two cores
//       from: this project; DINO's values (main_dino.py), but larger initial weights, a higher learning ...
//       --image-size 24 --features 64 --depth 2 --heads 4 --prototypes 128 --initial-deviation 0.05 ...

import { leavesOfOptions, valueAt } from '../options/option-values.ts'
import { configurationOptions } from '../run/configuration.ts'
import { presets } from '../run/presets.ts'
import type { Preset } from '../run/public-presets.ts'
import { written } from './flags.ts'

const width = 100

/** Words in lines of at most so many characters, each begun by `indent`. */
const wrapped = (words: readonly string[], indent: string): string => {
  const lines: string[] = []
  for (const word of words) {
    const longer = `${lines[lines.length - 1]} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(indent + word)
  }
  return lines.join('\n')
}

/** A value as a shell takes it for one word. */
const inShell = (value: string): string => (value.includes(' ') ? `"${value}"` : value)

/** The changes of a preset as flags: `--image-size 24`, `--features 64`. */
const flagsOf = ({ changes }: Preset): readonly string[] =>
  leavesOfOptions(configurationOptions).flatMap(({ path, flag }) => {
    const value = valueAt(changes, path)
    return value === undefined ? [] : [`--${flag} ${inShell(written(value))}`]
  })

const described = ([name, preset]: readonly [string, Preset]): string =>
  [
    `${name}: ${preset.meaning}`,
    wrapped(`from: ${preset.source}`.split(' '), '    '),
    wrapped(flagsOf(preset), '    '),
  ].join('\n')

/** All presets, for a person. */
export const showPresets = (): string => Object.entries(presets).map(described).join('\n\n')
