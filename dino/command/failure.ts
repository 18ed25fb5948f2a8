// What went wrong with a command, as one kind of value, and how it is told: a line for a person and never a stack trace.

import { type RunError, showRunError } from '../../lib/index.ts'
import { type DataError, showDataError } from '../data/picture-set.ts'
import { type RecordError, showRecordError } from '../node/record.ts'
import { type OptionError, showOptionError } from '../options/option.ts'
import type { TrainError } from '../run/course.ts'

/** Everything that a command can fail with. */
export type Failure = RunError | DataError | OptionError | RecordError | TrainError

const isDataError = (failure: RunError | DataError): failure is DataError =>
  [
    'missing folder',
    'not a folder',
    'unreadable folder',
    'no pictures',
    'no such picture',
    'broken picture',
    'no decoder',
  ].includes(failure.kind)

/** One or a few lines for a person. */
export const showFailure = (failure: Failure): string => {
  switch (failure.kind) {
    case 'option':
      return showOptionError(failure)
    case 'record':
      return showRecordError(failure)
    case 'run':
      return showRunError(failure.error)
    case 'data':
      return showDataError(failure.error)
    case 'not finite':
      return `training broke off at step ${failure.step}: expected a finite loss, came ${failure.loss}; a lower learning rate or teacher temperature may help`
    default:
      return isDataError(failure) ? showDataError(failure) : showRunError(failure)
  }
}
