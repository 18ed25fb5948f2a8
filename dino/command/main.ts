// The command line: commands and their flags, each with its meaning and an example. A mistake of the user is told in a
// line that says what is allowed, and ends the command with status 2; any other failure ends it with status 1.
//
//   dino train        dino demo        dino evaluate knn        dino features        dino convert
//   dino presets        dino info

import { Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { packageVersion } from '../node/version.ts'
import type { Failure } from '../run/failure.ts'
import { type CommandRow, commands } from './command-rows.ts'
import { addOptions, givenFrom } from './flags.ts'
import { showTable } from './table.ts'
import { showFailure, statusOf } from './tell-failure.ts'

const exampleText = ({ examples, notes = '' }: CommandRow): string =>
  `\nExamples:\n${showTable(examples, ['left', 'left'])}\n${notes}`.trimEnd()

/** The command under `root` that the words name; the groups on the way are made where they are missing. */
const place = (root: Command, words: readonly string[]): Command =>
  words.reduce((parent, word) => parent.commands.find(child => child.name() === word) ?? parent.command(word), root)

const program = (finish: (work: TaskEither<Failure, void>) => Promise<void>): Command => {
  const root = new Command('dino')
    .description('Self-supervised vision transformers (DINO), trained on what you have')
    .version(packageVersion())
  for (const row of commands) {
    const { words, argument, meaning, options, act } = row
    const command = place(root, words).description(meaning).addHelpText('after', exampleText(row))
    for (const [rows, values] of options) addOptions(rows, values)(command)
    if (argument !== undefined) command.argument(`[${argument}]`)
    command.action((...given: readonly unknown[]) => {
      const [word, values] = argument === undefined ? [undefined, given[0]] : given
      const flags = givenFrom(values as Readonly<Record<string, unknown>>)
      return finish(act(argument === undefined || word === undefined ? flags : { ...flags, [argument]: word }))
    })
  }
  place(root, ['evaluate']).description('judge what was learned')
  return root
}

/** A reader may go away (`dino train | head`): the rest of the output is dropped, and the work goes on. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}

/** Runs a command line; gives the exit status. */
export const main = async (words: readonly string[]): Promise<number> => {
  let status = 0
  outliveReaders()
  const root = program(async work => {
    const done = await work()
    if (E.isRight(done)) return
    console.error(showFailure(done.left))
    status = statusOf(done.left)
  })
  const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)]
  for (const command of everyCommand(root)) command.exitOverride().showHelpAfterError('(--help shows what there is)')
  try {
    await root.parseAsync(words, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return thrown.exitCode === 0 ? 0 : 2
  }
  return status
}
