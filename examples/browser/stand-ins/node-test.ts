// node:test in a page: tests are gathered when a module of tests is loaded, and run one after the other when the page
// says so. The same files are tests in Node and here.

/** How a test ended. */
export interface Verdict {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why, where it did not pass, and what it said. */
  readonly notes: readonly string[]
  readonly milliseconds: number
}

/** The part of node's context that tests of pages use. */
interface Context {
  readonly diagnostic: (note: string) => void
  readonly skip: (reason?: string) => void
  readonly test: (name: string, body: Body) => Promise<void>
}
type Body = (context: Context) => unknown

const gathered: { readonly name: string; readonly body: Body }[] = []
const lastly: (() => unknown)[] = []

/** Gathers a test. */
export const test = (name: string, body: Body): void => {
  gathered.push({ name, body })
}

/** Gathers something to do after all tests. */
export const after = (body: () => unknown): void => {
  lastly.push(body)
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const judge = async (name: string, body: Body, tell: (verdict: Verdict) => void): Promise<void> => {
  const notes: string[] = []
  let outcome: Verdict['outcome'] = 'passed'
  const context: Context = {
    diagnostic: note => notes.push(note),
    skip: (reason = 'skipped') => {
      outcome = 'skipped'
      notes.push(reason)
    },
    test: (part, partBody) => judge(`${name}: ${part}`, partBody, tell),
  }
  const start = performance.now()
  try {
    await body(context)
  } catch (thrown) {
    outcome = 'failed'
    notes.push(reasonOf(thrown))
  }
  tell({ name, outcome, notes, milliseconds: performance.now() - start })
}

/** Runs what was gathered; `tell` hears each verdict as it comes. */
export const runGathered = async (tell: (verdict: Verdict) => void): Promise<void> => {
  for (const { name, body } of gathered.splice(0)) await judge(name, body, tell)
  for (const body of lastly.splice(0)) await body()
}
