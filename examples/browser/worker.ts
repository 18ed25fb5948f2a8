// The work of the page, off the thread that draws it: loads the tests that are asked for and runs them. What tests read
// as `process.env` is put in place before any of them is loaded (`serve/bundle.ts`).

import type { Order, Saying } from './messages.ts'
import { runGathered } from './stand-ins/node-test.ts'
import { suites } from './suites.ts'

const say = (saying: Saying): void => postMessage(saying)

const follow = async ({ suite, environment }: Order): Promise<void> => {
  Object.assign(globalThis, { environment })
  try {
    await suites[suite].load()
    await runGathered(verdict => say({ kind: 'verdict', verdict }))
  } catch (thrown) {
    say({ kind: 'broken', reason: thrown instanceof Error ? thrown.message : String(thrown) })
  }
  say({ kind: 'end' })
}

addEventListener('message', ({ data }: MessageEvent<Order>) => void follow(data))
