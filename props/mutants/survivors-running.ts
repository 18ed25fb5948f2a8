// Wrong changes of how views are drawn and runs are written that the tests once let live, each with the tests that
// notice it now.

import type { Mutant } from './mutant.ts'
import { mutantsOf } from './mutant-rows.ts'

const views: readonly Mutant[] = [
  ...mutantsOf(
    'dino/views/view-options.ts',
    ['props/views/draws.test.ts'],
    [['local views show up to half of the picture', '[0.05, 0.4],', '[0.05, 0.5],']],
  ),
  ...mutantsOf(
    'dino/views/change.ts',
    ['props/views/draws.test.ts', 'props/train/plan.test.ts'],
    [
      [
        'the first global view is solarised in place of the second',
        "kind === 'secondGlobal' ? options.solarise",
        "kind === 'firstGlobal' ? options.solarise",
      ],
    ],
  ),
  ...mutantsOf(
    'dino/views/view-plan.ts',
    ['props/views/draws.test.ts'],
    [
      [
        'width by height is drawn evenly, and not in its logarithm',
        'logAspect: random.uniform(Math.log(aspect[0]), Math.log(aspect[1])),',
        'logAspect: key => Math.log(random.uniform(aspect[0], aspect[1])(key)),',
      ],
      ['a crop is tried once before the fallback is taken', 'const attempts = 10', 'const attempts = 1'],
      ['a crop is tried nine times before the fallback is taken', 'const attempts = 10', 'const attempts = 9'],
    ],
  ),
]

const running: readonly Mutant[] = [
  ...mutantsOf(
    'dino/node/files.ts',
    ['props/train/checkpoints.test.ts'],
    [
      [
        'a file is written in its place, and not beside it and renamed',
        'writeFileSync(beside, contents)',
        'return writeFileSync(path, contents)',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/node/whole-folder.ts',
    ['props/train/crash.test.ts'],
    [['a folder is written under its own name', 'const beside = besides(path)', 'const beside = path']],
  ),
  ...mutantsOf(
    'dino/node/metrics-file.ts',
    ['props/train/crash.test.ts'],
    [
      [
        'a run that goes on keeps the line of the step that it does again',
        'report.step < step)',
        'report.step <= step)',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/node/read-checkpoint.ts',
    ['props/train/mutated-checkpoints.test.ts'],
    [
      [
        'the checksum of a file is not compared',
        'if (came === entry.sha256) return',
        'if (came.length === entry.sha256.length) return',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/command/training-run.ts',
    ['props/train/resume.test.ts'],
    [['a run that goes on begins with the views of the first step', 'from: parts * (from?.step ?? 0)', 'from: 0']],
  ),
  ...mutantsOf(
    'dino/node/prefetch.ts',
    ['props/train/prefetch.test.ts'],
    [
      [
        'views of steps after the last one are asked for',
        'asked < Math.min(microBatch + 1 + ahead, until)',
        'asked < microBatch + 1 + ahead',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/node/mailbox.ts',
    ['props/train/prefetch.test.ts'],
    [
      [
        'steps that are asked for after the thread died wait for ever',
        'if (final !== undefined) return Promise.resolve(final.answer)',
        '',
      ],
      [
        'steps that wait while the thread dies are not told',
        'for (const [number, slot] of slots) give(number, slot, final.answer)',
        '',
      ],
    ],
  ),
]

/** Changes of views and of runs that were once not noticed. */
export const survivorsRunning: readonly Mutant[] = [...views, ...running]
