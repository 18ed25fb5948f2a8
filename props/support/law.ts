// Running laws: each is one test with a fixed seed and a number of runs that follows from its cost, so that a suite is
// deterministic and no clock decides anything. A failure reports both sides where they differ most, the shrunk problem,
// and how to run exactly that case again. LAW_RUNS multiplies the number of runs; LAW_REPLAY repeats one reported case.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { type Comparison, excess, showFailure } from './compare.ts'

/** Runs of a law by what one of them costs. */
const runs = { cheap: 100, middling: 40, dear: 12, once: 1 } as const

/** What one run costs. */
export type Cost = keyof typeof runs

/** The problem is outside the law's domain, in a way that could not be avoided when it was drawn. */
export const outside = 'outside the domain'

/** What a law finds: comparisons that must all hold, or that it does not apply. */
export type Verdict = Comparison | readonly Comparison[] | typeof outside

/** More than this part of the runs outside the domain makes a law idle. */
const idleLimit = 0.2
const baseSeed = 20261

const settings = { runs: Number(process.env.LAW_RUNS ?? 1), replay: process.env.LAW_REPLAY }

const seedOf = (name: string): number =>
  [...name].reduce((seed, letter) => (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0, baseSeed)

const parametersOf = (name: string, cost: Cost): fc.Parameters<[unknown]> => {
  if (settings.replay === undefined) return { seed: seedOf(name), numRuns: Math.ceil(runs[cost] * settings.runs) }
  const [seed, path] = settings.replay.split('/')
  return { seed: Number(seed), path, endOnFailure: true }
}

const listOf = (verdict: Exclude<Verdict, typeof outside>): readonly Comparison[] =>
  Array.isArray(verdict) ? verdict : [verdict as Comparison]

const report = (name: string, details: fc.RunDetails<[unknown]>): string => {
  const { numRuns, numShrinks, seed, counterexamplePath, counterexample, errorInstance } = details
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  return [
    `${name}: fails on run ${numRuns}, after ${numShrinks} shrinks`,
    `    ${reason}`,
    `    for ${fc.stringify(counterexample?.[0])}`,
    `    replay: LAW_REPLAY=${seed}/${counterexamplePath} node --import tsx --test \\`,
    `      --test-name-pattern='${name}' <file>`,
  ].join('\n')
}

/** Defines a law: `check` must hold for every value of `arbitrary`. */
export const law = <T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Verdict | Promise<Verdict>,
  cost: Cost = 'cheap',
): void => {
  test(name, async context => {
    const seen = { all: 0, outside: 0, ratio: 0 }
    const judge = (verdict: Verdict): void => {
      seen.all += 1
      if (verdict === outside) seen.outside += 1
      else
        for (const comparison of listOf(verdict)) {
          const { ratio } = excess(comparison)
          if (ratio > 1) throw new Error(showFailure(comparison))
          seen.ratio = Math.max(seen.ratio, ratio)
        }
    }
    const property = fc.asyncProperty(arbitrary, async value => judge(await check(value)))
    const details = await fc.check(property, parametersOf(name, cost))
    if (details.failed) assert.fail(report(name, details))
    context.diagnostic(`${details.numRuns} runs, at most ${seen.ratio.toPrecision(2)} of the tolerance used`)
    assert.ok(
      seen.outside <= idleLimit * seen.all,
      `${name}: ${seen.outside} of ${seen.all} problems outside the domain`,
    )
  })
}
