// The page: buttons for suites and executors, a worker that does the work, and a table of what it says. The address may
// name them too, and then the page begins at once:
//
//   /?suite=graphs&executors=gpu:webgpu,wasm&LAW_RUNS=0.5
//
// Whoever drives the page waits for `finished`, which has all that was said.

import type { Order, Saying } from './messages.ts'
import { pageExecutors, type SuiteName, suiteNames, suites } from './suites.ts'

const find = <E extends Element>(selector: string): E => {
  const found = document.querySelector<E>(selector)
  if (found === null) throw new Error(`the page has no ${selector}`)
  return found
}

const element = <N extends keyof HTMLElementTagNameMap>(
  name: N,
  properties: Partial<HTMLElementTagNameMap[N]>,
): HTMLElementTagNameMap[N] => Object.assign(document.createElement(name), properties)

const cell = (textContent: string, className = ''): HTMLElement => element('td', { textContent, className })

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`

/** A row for what was said; nothing for the end. */
const rowOf = (saying: Saying): readonly HTMLElement[] => {
  if (saying.kind === 'end') return []
  if (saying.kind === 'broken')
    return [cell('nothing more was run'), cell('failed', 'failed'), cell(''), cell(saying.reason)]
  const { name, outcome, milliseconds, notes } = saying.verdict
  return [cell(name), cell(outcome, outcome), cell(seconds(milliseconds), 'number'), cell(notes.join('; '))]
}

const summaryOf = (said: readonly Saying[]): string => {
  const outcomes = said.flatMap(saying => (saying.kind === 'verdict' ? [saying.verdict.outcome] : []))
  const count = (outcome: string): number => outcomes.filter(one => one === outcome).length
  const broken = said.some(({ kind }) => kind === 'broken') ? ', and an error ended it' : ''
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped${broken}`
}

/** Runs an order in a worker of its own, and shows what it says; gives all of it at the end. */
const follow = (order: Order): Promise<readonly Saying[]> =>
  new Promise(resolve => {
    const said: Saying[] = []
    const worker = new Worker('/worker.js', { type: 'module' })
    const body = find<HTMLElement>('tbody')
    const hear = (saying: Saying): void => {
      said.push(saying)
      const cells = rowOf(saying)
      if (cells.length > 0) body.append(element('tr', {}))
      body.lastElementChild?.append(...cells)
      find('#state').textContent = saying.kind === 'end' ? summaryOf(said) : 'Running ...'
      if (saying.kind !== 'end') return
      worker.terminate()
      resolve(said)
    }
    worker.onmessage = ({ data }: MessageEvent<Saying>) => hear(data)
    worker.onerror = ({ message }) => {
      hear({ kind: 'broken', reason: message })
      hear({ kind: 'end' })
    }
    worker.postMessage(order)
  })

const head = ['test', 'outcome', 'time', 'notes'] as const

const begin = async (order: Order): Promise<readonly Saying[]> => {
  for (const button of document.querySelectorAll('button')) button.disabled = true
  find('caption').textContent = `${order.suite} on ${order.environment.EXECUTORS}: ${suites[order.suite].meaning}`
  find('thead tr').replaceChildren(
    ...head.map(textContent => element('th', { textContent, className: textContent === 'time' ? 'number' : '' })),
  )
  find('tbody').replaceChildren()
  find('#state').textContent = 'Running ...'
  const said = await follow(order)
  for (const button of document.querySelectorAll('button')) button.disabled = false
  return said
}

const box = (value: string, checked: boolean): HTMLElement => {
  const label = element('label', {})
  label.append(element('input', { type: 'checkbox', name: 'executor', value, checked }), ` ${value}`)
  return label
}

const chosen = (): string =>
  [...document.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value).join(',')

const isSuite = (name: string | null): name is SuiteName => suiteNames.some(suite => suite === name)

const { suite, executors = 'gpu:webgpu', ...environment } = Object.fromEntries(new URLSearchParams(location.search))

find('#executors').append(...pageExecutors.map(name => box(name, executors.split(',').includes(name))))
find('#suites').append(
  ...suiteNames.map(name =>
    element('button', {
      type: 'button',
      textContent: name,
      title: suites[name].meaning,
      onclick: () => void begin({ suite: name, environment: { ...environment, EXECUTORS: chosen() } }),
    }),
  ),
)

if (isSuite(suite))
  Object.assign(globalThis, { finished: begin({ suite, environment: { ...environment, EXECUTORS: executors } }) })
else if (suite !== undefined) find('#state').textContent = `No suite ${suite}: expected ${suiteNames.join(', ')}.`
