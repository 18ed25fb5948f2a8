// The rules of the house that no linter has, each a function from the project's files to what is wrong with them.
//
//   no folders import each other
//     lib/execute and lib/backend do: lib/execute/show.ts imports lib/backend/wasm/wasm.ts

import { basename, dirname } from 'node:path'
import { type Declaration, declarationsOf, type SourceFile } from '../support/source-files.ts'

/** A rule: what must hold, and the places where it does not. */
export interface Rule {
  readonly rule: string
  readonly broken: (files: readonly SourceFile[]) => readonly string[]
}

/** Columns of a line, as the formatter has them; it does not wrap comments, so they are held to it here. */
const mostColumns = 120
/** Lines of a file and of a function above which a reason has to be given in `reasons.ts`. */
const mostLines = 200
const mostFunctionLines = 40

const within =
  (...folders: readonly string[]) =>
  ({ path }: SourceFile): boolean =>
    folders.some(folder => path.startsWith(`${folder}/`)) && !path.endsWith('.test.ts')

const library = within('lib', 'dino')

const lines: Rule = {
  rule: `no line is longer than ${mostColumns} columns`,
  broken: files =>
    files.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => (line.length > mostColumns ? [`${path}:${at + 1} has ${line.length}`] : [])),
    ),
}

const documented: Rule = {
  rule: 'every export of lib and dino has a doc comment',
  broken: files =>
    files
      .filter(library)
      .flatMap(declarationsOf)
      .flatMap(({ path, name, exported, documented }) => (exported && !documented ? [`${path}: ${name}`] : [])),
}

const names: Rule = {
  rule: 'no two modules of lib, dino and props have one name',
  broken: files => {
    const places = new Map<string, string[]>()
    for (const { path } of files.filter(within('lib', 'dino', 'props'))) {
      const name = basename(path)
      if (name !== 'index.ts') places.set(name, [...(places.get(name) ?? []), path])
    }
    return [...places.values()].filter(paths => paths.length > 1).map(paths => paths.join(' and '))
  },
}

/** For each folder the folders that its files import, with one file and what it imports to show for it. */
type FolderGraph = ReadonlyMap<string, ReadonlyMap<string, string>>

const foldersOf = (files: readonly SourceFile[]): FolderGraph => {
  const graph = new Map<string, Map<string, string>>()
  for (const { path, imports } of files)
    for (const to of imports) {
      const [from, into] = [dirname(path), dirname(to)]
      if (from === into) continue
      const known = graph.get(from) ?? new Map<string, string>()
      if (!known.has(into)) known.set(into, `${path} imports ${to}`)
      graph.set(from, known)
    }
  return graph
}

/** A way from a folder back to itself, if there is one: the shortest. */
const wayBack = (graph: FolderGraph, start: string): readonly string[] | undefined => {
  const before = new Map<string, string>()
  const open = [start]
  for (const folder of open)
    for (const next of graph.get(folder)?.keys() ?? []) {
      if (next === start) {
        const way = [folder]
        while (way[0] !== start) way.unshift(before.get(way[0])!)
        return way
      }
      if (!before.has(next)) {
        before.set(next, folder)
        open.push(next)
      }
    }
  return undefined
}

const cycles: Rule = {
  rule: 'no folders import each other, directly or by way of others; a folder and one inside it are two',
  broken: files => {
    const graph = foldersOf(files)
    const found = new Map<string, string>()
    for (const folder of graph.keys()) {
      const way = wayBack(graph, folder)
      if (way === undefined) continue
      const steps = way.map((from, at) => graph.get(from)!.get(way[(at + 1) % way.length])!)
      found.set([...way].sort().join(), steps.join('; '))
    }
    return [...found.values()]
  },
}

const layers: Rule = {
  rule: 'lib imports nothing of dino, props or examples, and dino nothing of props or examples',
  broken: files =>
    files.flatMap(({ path, imports }) => {
      const order = ['lib', 'dino', 'props', 'examples']
      const own = order.indexOf(path.split('/')[0])
      const above = imports.filter(to => own < 2 && order.indexOf(to.split('/')[0]) > own)
      return above.map(to => `${path} imports ${to}`)
    }),
}

/** The two modules by which a test becomes one of node's. */
const kindsOfTest = ['props/support/law.ts', 'props/support/example.ts']

const tests: Rule = {
  rule: 'a test is a law or an example, and says which',
  broken: files =>
    files
      .filter(({ path }) => path.startsWith('props/') && !kindsOfTest.includes(path))
      .flatMap(({ path, lines }) =>
        lines.some(line => /^import \{.*\btest\b.*\} from 'node:test'/.test(line)) ? [path] : [],
      ),
}

const isFunction = ({ lines }: Declaration): boolean =>
  /^(?:export )?(?:async )?(?:const|function)/.test(lines[0]) &&
  lines.some(line => line.includes('=>')) &&
  !isTable(lines)

/** A record or list of rows, however long. */
const isTable = (lines: readonly string[]): boolean => /^[^>]*= (?:\{|\[)$|: \{.*\} = \{$|= \{$/.test(lines[0])

/** The files that are longer than `mostLines`, and the functions that are longer than `mostFunctionLines`. */
export const oversized = (files: readonly SourceFile[]): readonly string[] => {
  const code = files.filter(library)
  const long = code.filter(({ lines }) => lines.length - 1 > mostLines).map(({ path }) => path)
  const functions = code
    .flatMap(declarationsOf)
    .filter(one => isFunction(one) && one.lines.length > mostFunctionLines)
    .map(({ path, name }) => `${path}: ${name}`)
  return [...long, ...functions]
}

/** Files and functions may be long for a reason that is written down. */
const sizes = (reasons: Readonly<Record<string, string>>): Rule => ({
  rule: `no file is longer than ${mostLines} lines and no function than ${mostFunctionLines}, but for a written reason`,
  broken: files => {
    const found = oversized(files)
    const needless = Object.keys(reasons).filter(place => !found.includes(place))
    return [
      ...found.filter(place => !(place in reasons)),
      ...needless.map(place => `${place} is not that long: its reason can go`),
    ]
  },
})

/** All rules; `reasons` says why some files and functions are long. */
export const rules = (reasons: Readonly<Record<string, string>>): readonly Rule[] => [
  lines,
  documented,
  names,
  cycles,
  layers,
  tests,
  sizes(reasons),
]
