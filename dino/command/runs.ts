// The `runs` command: a table of the runs in a folder, with what became of each.
//
//   run          preset       steps      state        loss   k-NN    written
//   runs/mine    photos       300/1200   interrupted  3.914  -       2026-01-31 12:00
//   runs/scenes  scenes       992/992    finished     2.871  51.3 %  2026-01-31 12:30

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { printable } from '../data/printable.ts'
import { listRuns, type RunSummary } from '../node/run-list.ts'
import { onOff, text } from '../options/option-rows.ts'
import type { Given } from '../options/option-values.ts'
import { type Failure, failure, type RecordError } from '../run/failure.ts'
import { readFlags } from './flags.ts'
import { showTable } from './table.ts'
import { showRecordError } from './tell-failure.ts'

/** The options of the command. */
export const runsOptions = {
  folder: text('runs', 'where the runs lie, itself or up to three levels below', 'a folder'),
  json: onOff(false, 'whether to print JSON, a list of records'),
} as const

const none = '-'

const cells = ({ folder, preset, done, steps, stage, loss, knn, changed }: RunSummary): readonly string[] => [
  printable(folder),
  preset ?? none,
  `${done}/${steps}`,
  stage,
  loss?.toFixed(3) ?? none,
  knn === undefined ? none : `${(100 * knn).toFixed(1)} %`,
  changed.slice(0, 16).replace('T', ' '),
]

/** Runs as a table, for a person. */
export const showRuns = (runs: readonly RunSummary[]): string =>
  showTable(
    [['run', 'preset', 'steps', 'state', 'loss', 'k-NN', 'written'], ...runs.map(cells)],
    ['left', 'left', 'right', 'left', 'right', 'right', 'left'],
  )

const tell = (runs: readonly E.Either<RecordError, RunSummary>[], json: boolean): void => {
  const found = runs.flatMap(run => (E.isRight(run) ? [run.right] : []))
  for (const run of runs) if (E.isLeft(run)) console.error(`no run: ${showRecordError(run.left)}`)
  if (json) console.log(JSON.stringify(found, null, 2))
  else console.log(found.length === 0 ? 'there are no runs' : showRuns(found))
}

/** The command. */
export const runsCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    readFlags(runsOptions)(given),
    E.chainW(({ folder, json }) =>
      pipe(
        listRuns(folder),
        E.bimap(failure('record'), runs => tell(runs, json)),
      ),
    ),
    TE.fromEither,
  )
