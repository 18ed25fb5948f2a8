// How a run ends: its last state is written, its metrics are drawn, and it is noted whether it is finished, was asked
// to stop, or failed. Where it can go on, the command that does that is said.
//
//   dino train --resume runs/1     goes on with it

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { printable } from '../data/printable.ts'
import type { Recorder } from '../node/recorder.ts'
import type { Configuration } from '../run/configuration.ts'
import type { StepReport, Trained } from '../run/course.ts'
import type { Failure, RecordError } from '../run/failure.ts'
import { writeMetricsPlot } from './plot.ts'
import { showFailure } from './tell-failure.ts'

/** What came of a run. */
export interface Outcome {
  readonly configuration: Configuration
  /** Steps of the whole run. */
  readonly steps: number
  /** The steps that were done now. */
  readonly reports: readonly StepReport[]
  readonly trained: Trained
}

/** Says how a run goes on. */
export const tellHowToGoOn = (folder: string): void =>
  console.error(printable(`dino train --resume ${folder}     goes on with it`))

/** Writes the last state, the picture of the metrics, and how the run ended. */
export const conclude = (
  record: Recorder,
  { configuration, steps, reports, trained }: Outcome,
): E.Either<RecordError, void> =>
  pipe(
    record.save(trained),
    E.chain(() =>
      writeMetricsPlot(record.folder, [...record.earlier, ...reports], configuration.model.head.prototypes),
    ),
    E.chain(() => record.end({ how: trained.step < steps ? 'interrupted' : 'finished' })),
  )

/** Notes that a run failed, and says how it goes on; a folder in which no step was written is taken away again. */
export const giveUp = (record: Recorder, failed: Failure, done: number): void => {
  if (done === 0) record.discard()
  else {
    record.end({ how: 'failed', reason: showFailure(failed) })
    tellHowToGoOn(record.folder)
  }
}
